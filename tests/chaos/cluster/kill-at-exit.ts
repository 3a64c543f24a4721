import type { ChildProcess } from 'node:child_process';

/** A harness that is interrupted leaves nothing running. */
export function killAtExit(child: ChildProcess): void {
  const kill = (): void => void child.kill('SIGKILL');
  process.on('exit', kill);
  child.once('exit', () => process.off('exit', kill));
}
