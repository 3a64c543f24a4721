// Takes the lock of a data directory on each command, reports the outcome, and holds the lock until the next command.
import { acquirePidLock, type PidLock } from '../../src/pid-lock.ts';

let lock: PidLock | undefined;

process.on('message', (message) => {
  if (message === 'release') {
    lock?.release();
    process.send?.('released');
  } else if (typeof message === 'string') {
    acquirePidLock(message).then(
      (acquired) => {
        lock = acquired;
        process.send?.('held');
      },
      (error: unknown) => process.send?.(String(error)),
    );
  }
});
