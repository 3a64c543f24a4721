// Keeps two processes out of one data directory with a file that names its owner: `parley.pid`.
//
// A killed process leaves its file behind, and exactly one process may take it over. So each file holds a token, and a
// successor creates a file named after it: `parley.pid.<token>`. link(2) creates a name only once, so a dead owner has
// one successor, which then renames its file to `parley.pid`. If the successor dies before that, following the tokens
// leads to its own successor. After link, the successor checks that the chain still leads to its file, because a slow
// process may have taken over from an owner whose successor has come and gone in the meantime.
import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describeProcess, isSameProcessAlive, type ProcessIdentity } from './process-identity.ts';

export interface PidLock {
  release: () => void;
}

interface Owner extends ProcessIdentity {
  token: string;
}

/**
 * A file of the chain with its writer, which is undefined if the file cannot be read (a power cut may leave it empty).
 */
interface Link {
  name: string;
  owner: Owner | undefined;
}

/** Pids mean nothing in another container, so an owner there shows that it is alive by touching the file. */
const heartbeatMs = 1000;

/**
 * @throws Error if a live process, this one included, holds the lock. It takes `patienceMs` to find that an owner in
 * another container, or from before a reboot, is dead.
 */
export async function acquirePidLock(dataDir: string, patienceMs = 5 * heartbeatMs): Promise<PidLock> {
  const file = path.join(dataDir, 'parley.pid');
  const self: Owner = { ...describeProcess(), token: randomUUID() };
  const draft = `${file}.draft-${self.token}`;
  writeFileSync(draft, `${self.pid}\n${self.startedAt}\n${self.namespace}\n${self.token}\n`, { mode: 0o600 });
  try {
    for (;;) {
      const chain = readChain(file);
      const last = chain.at(-1);
      if (last?.owner !== undefined) await refuseIfAlive(last.owner, last.name, dataDir, patienceMs);
      if (succeed(file, chain, draft, self)) return hold(file, self);
    }
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Returns false if another process was faster. */
function succeed(file: string, chain: Link[], draft: string, self: Owner): boolean {
  const name = nextName(file, chain.at(-1));
  if (!createLink(draft, name)) return false;
  if (readChain(file).at(-1)?.owner?.token !== self.token) {
    rmSync(name);
    return false;
  }
  if (name !== file) renameSync(name, file);
  for (const dead of chain.slice(1)) rmSync(dead.name, { force: true });
  return true;
}

function createLink(draft: string, name: string): boolean {
  try {
    linkSync(draft, name);
    return true;
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false;
    throw error;
  }
}

function readChain(file: string): Link[] {
  const chain: Link[] = [];
  for (;;) {
    const name = nextName(file, chain.at(-1));
    const text = readIfThere(name);
    if (text === undefined) return chain;
    chain.push({ name, owner: parseOwner(text) });
  }
}

function nextName(file: string, last: Link | undefined): string {
  if (last === undefined) return file;
  return last.owner === undefined ? `${last.name}.next` : `${file}.${last.owner.token}`;
}

function readIfThere(name: string): string | undefined {
  try {
    return readFileSync(name, 'utf8');
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

function parseOwner(text: string): Owner | undefined {
  const [pid, startedAt, namespace, token] = text.split('\n');
  if (startedAt === undefined || namespace === undefined || token === undefined) return undefined;
  if (!/^[\da-f-]{36}$/.test(token)) return undefined;
  return { pid: Number(pid), startedAt, namespace, token };
}

async function refuseIfAlive(owner: Owner, name: string, dataDir: string, patienceMs: number): Promise<void> {
  const isAlive = isSameProcessAlive(owner) ?? (await isTouched(name, patienceMs));
  if (!isAlive) return;
  const busy = new Error(
    `The data directory ${dataDir} is in use by process ${owner.pid}. Stop it, or set PARLEY_DATA_DIR to another folder.`,
  );
  throw Object.assign(busy, { code: 'EBUSY' });
}

async function isTouched(name: string, patienceMs: number): Promise<boolean> {
  const before = touchedAt(name);
  for (const end = Date.now() + patienceMs; Date.now() < end;) {
    await sleep(100);
    const now = touchedAt(name);
    if (now === undefined) return false;
    if (now !== before) return true;
  }
  return false;
}

function touchedAt(name: string): number | undefined {
  return statSync(name, { throwIfNoEntry: false })?.mtimeMs;
}

function hold(file: string, self: Owner): PidLock {
  const heartbeat = setInterval(() => {
    try {
      utimesSync(file, new Date(), new Date());
    } catch {
      // The folder was removed, so there is nothing left to protect.
    }
  }, heartbeatMs).unref();
  return {
    release: () => {
      clearInterval(heartbeat);
      const text = readIfThere(file);
      if (text !== undefined && parseOwner(text)?.token === self.token) rmSync(file, { force: true });
    },
  };
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
