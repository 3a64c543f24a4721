import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { endWithParent } from '@parley/testing';
import { describe, expect, test } from 'vitest';
import { acquirePidLock } from '../src/pid-lock.ts';
import { describeProcess } from '../src/process-identity.ts';
import { createTemporaryDir } from './temporary-dir.ts';

const token = '00000000-0000-4000-8000-000000000000';
const writeLock = (dir: string, owner: { pid: number; startedAt: string; namespace: string }) =>
  writeFile(path.join(dir, 'parley.pid'), `${owner.pid}\n${owner.startedAt}\n${owner.namespace}\n${token}\n`);

const startHolder = () => endWithParent(fork(path.join(import.meta.dirname, 'processes/hold-lock.ts')));

async function ask(holder: ChildProcess, message: string): Promise<unknown> {
  const answered = once(holder, 'message');
  holder.send(message);
  return (await answered)[0];
}

// Independent of the engine.
describe('the lock of a data directory', () => {
  test('the lock is refused while another process holds it, with the pid in the message', async () => {
    await using temporary = await createTemporaryDir();
    const holder = startHolder();
    expect(await ask(holder, temporary.dir)).toBe('held');
    await expect(acquirePidLock(temporary.dir)).rejects.toThrow(
      `The data directory ${temporary.dir} is in use by process ${holder.pid}. Stop it, or set PARLEY_DATA_DIR to another folder.`,
    );
    expect(await ask(holder, 'release')).toBe('released');
    (await acquirePidLock(temporary.dir)).release();
    holder.kill();
  });

  test('the lock is refused to the process that already holds it', async () => {
    await using temporary = await createTemporaryDir();
    const lock = await acquirePidLock(temporary.dir);
    await expect(acquirePidLock(temporary.dir)).rejects.toThrow(`in use by process ${process.pid}`);
    lock.release();
    expect(await readdir(temporary.dir)).toEqual([]);
  });

  test('the lock is taken over from a killed process', async () => {
    await using temporary = await createTemporaryDir();
    const holder = startHolder();
    expect(await ask(holder, temporary.dir)).toBe('held');
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    const lock = await acquirePidLock(temporary.dir);
    expect(await readFile(path.join(temporary.dir, 'parley.pid'), 'utf8')).toMatch(
      new RegExp(`^${process.pid}\n`),
    );
    lock.release();
    expect(await readdir(temporary.dir)).toEqual([]);
  });

  test.runIf(process.platform === 'linux')(
    'the lock is taken over when its pid belongs to another process now',
    async () => {
      await using temporary = await createTemporaryDir();
      const self = describeProcess();
      await writeLock(temporary.dir, { ...self, startedAt: String(Number(self.startedAt) - 1) });
      (await acquirePidLock(temporary.dir)).release();
    },
  );

  test('the lock is taken over when its file is empty, as after a power cut', async () => {
    await using temporary = await createTemporaryDir();
    await writeFile(path.join(temporary.dir, 'parley.pid'), '');
    (await acquirePidLock(temporary.dir)).release();
    expect(await readdir(temporary.dir)).toEqual([]);
  });

  test('the lock is taken over from another container that no longer touches the file', async () => {
    await using temporary = await createTemporaryDir();
    await writeLock(temporary.dir, { pid: 1, startedAt: '1', namespace: 'elsewhere' });
    (await acquirePidLock(temporary.dir, 300)).release();
  });

  test('the lock is refused while another container touches the file', async () => {
    await using temporary = await createTemporaryDir();
    await writeLock(temporary.dir, { pid: 1, startedAt: '1', namespace: 'elsewhere' });
    const refused = expect(acquirePidLock(temporary.dir, 10_000)).rejects.toThrow('in use by process 1.');
    await utimes(path.join(temporary.dir, 'parley.pid'), new Date(), new Date());
    await refused;
  });

  test('the owner of the lock touches its file every second', async () => {
    await using temporary = await createTemporaryDir();
    const lock = await acquirePidLock(temporary.dir);
    const touchedAt = async () => (await stat(path.join(temporary.dir, 'parley.pid'))).mtimeMs;
    const before = await touchedAt();
    await expect.poll(touchedAt, { timeout: 3000 }).toBeGreaterThan(before);
    lock.release();
  });

  test('exactly one of many processes takes over a stale lock', async () => {
    await using temporary = await createTemporaryDir();
    const { namespace } = describeProcess();
    const holders = Array.from({ length: 6 }, startHolder);
    for (let round = 0; round < 30; round += 1) {
      // A dead owner, an unreadable file, and a dead owner whose successor died halfway.
      if (round % 3 === 1) await writeFile(path.join(temporary.dir, 'parley.pid'), '');
      else await writeLock(temporary.dir, { pid: process.pid, startedAt: 'earlier', namespace });
      if (round % 3 === 2) {
        const successor = `${process.pid}\nearlier\n${namespace}\n${token.replace('4', '5')}\n`;
        await writeFile(path.join(temporary.dir, `parley.pid.${token}`), successor);
      }
      const answers = await Promise.all(holders.map((holder) => ask(holder, temporary.dir)));
      expect(answers.filter((answer) => answer === 'held')).toHaveLength(1);
      expect(answers.filter((answer) => String(answer).includes('is in use by process'))).toHaveLength(5);
      await Promise.all(holders.map((holder) => ask(holder, 'release')));
      expect(await readdir(temporary.dir)).toEqual([]);
    }
    for (const holder of holders) holder.kill();
  });
});
