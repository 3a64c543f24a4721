// A place for a server process: one life after the other on the same port, as a supervisor would start it again.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { endWithParent } from '@parley/testing';
import type { History } from '../history.ts';

const main = fileURLToPath(new URL('../../../apps/server/src/main.ts', import.meta.url));
const START_TIMEOUT_MS = 60_000;
/** Longer than the database is ever away: what does not start by then never will. */
const MAX_ATTEMPTS_MS = 60_000;

export interface ServerSlotOptions {
  slot: number;
  port: number;
  env: Record<string, string>;
  history: History;
  /** Gets what the processes say on stderr. */
  log: (line: string) => void;
}

interface Life {
  child: ChildProcess;
  instanceId: string;
  state: 'running' | 'paused' | 'terminating';
}

export class ServerSlot {
  readonly slot: number;
  readonly port: number;
  readonly #env: Record<string, string>;
  readonly #history: History;
  readonly #log: (line: string) => void;
  #life: Life | undefined;
  #isReady = false;

  constructor({ slot, port, env, history, log }: ServerSlotOptions) {
    this.slot = slot;
    this.port = port;
    this.#env = { ...env, PORT: String(port) };
    this.#history = history;
    this.#log = log;
  }

  /** By the last look at /readyz. */
  get isReady(): boolean {
    return this.#isReady;
  }

  get isRunning(): boolean {
    return this.#life?.state === 'running';
  }

  /** Whether it is there at all, shutting down or stopped included. */
  get isThere(): boolean {
    return this.#life !== undefined;
  }

  get isPaused(): boolean {
    return this.#life?.state === 'paused';
  }

  /** @throws Error where it does not listen in time, unless somebody has killed it meanwhile */
  async start(): Promise<void> {
    if (this.#life !== undefined) throw new Error(`slot ${this.slot} is running already`);
    const beganMs = performance.now();
    for (;;) {
      const child = spawn(process.execPath, [main], {
        env: { PATH: process.env['PATH'] ?? '', ...this.#env },
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      endWithParent(child);
      const instanceId = await this.#waitUntilListening(child);
      if (instanceId !== undefined) {
        this.#life = { child, instanceId, state: 'running' };
        this.#history.append({ type: 'up', slot: this.slot, instanceId });
        child.once('exit', () => this.#onExit(child));
        return;
      }
      if (performance.now() - beganMs > MAX_ATTEMPTS_MS)
        throw new Error(`slot ${this.slot} does not start: servers.log says why`);
      // The database was away. A supervisor tries again.
      await delay(500);
    }
  }

  kill(): void {
    const life = this.#take();
    if (life === undefined) return;
    life.child.kill('SIGKILL');
    this.#history.append({ type: 'kill', slot: this.slot, instanceId: life.instanceId });
  }

  /** Gives false where it was killed, or gone, before it was done. */
  async terminate(): Promise<boolean> {
    const life = this.#life;
    if (life?.state !== 'running') return false;
    const { child, instanceId } = life;
    life.state = 'terminating';
    this.#history.append({ type: 'term', slot: this.slot, instanceId });
    child.kill('SIGTERM');
    await once(child, 'exit');
    return child.signalCode === null;
  }

  pause(): void {
    const life = this.#life;
    if (life?.state !== 'running') return;
    life.state = 'paused';
    this.#isReady = false;
    life.child.kill('SIGSTOP');
    this.#history.append({ type: 'pause', slot: this.slot, instanceId: life.instanceId });
  }

  resume(): void {
    const life = this.#life;
    if (life?.state !== 'paused') return;
    life.state = 'running';
    // Before it can do anything: what it does from now on, it does awake.
    this.#history.append({ type: 'resume', slot: this.slot, instanceId: life.instanceId });
    life.child.kill('SIGCONT');
  }

  async checkReadiness(): Promise<void> {
    try {
      const response = await fetch(`http://127.0.0.1:${this.port}/readyz`, {
        signal: AbortSignal.timeout(1_000),
        headers: { connection: 'close' },
      });
      await response.body?.cancel();
      this.#isReady = response.status === 200 && this.isRunning;
    } catch {
      this.#isReady = false;
    }
  }

  /** After a kill, the life was taken before. */
  #onExit(child: ChildProcess): void {
    if (this.#life?.child !== child) return;
    const { instanceId, state } = this.#life;
    this.#take();
    this.#history.append({ type: 'exit', slot: this.slot, instanceId, code: child.exitCode });
    // Nobody has asked for that.
    if (state !== 'terminating') void this.start();
  }

  #take(): Life | undefined {
    const life = this.#life;
    this.#life = undefined;
    this.#isReady = false;
    return life;
  }

  /** The id that it goes by in the database; undefined where it gave up. */
  async #waitUntilListening(child: ChildProcess): Promise<string | undefined> {
    const { stderr } = child;
    if (stderr === null) throw new Error('the server was started without a pipe for its log');
    const listening = Promise.withResolvers<string | undefined>();
    createInterface(stderr).on('line', (line) => {
      this.#log(`slot ${this.slot}: ${line}`);
      const instanceId = /"instanceId":"([^"]+)".*"msg":"listening"/.exec(line)?.[1];
      if (instanceId !== undefined) listening.resolve(instanceId);
    });
    child.once('exit', () => listening.resolve(undefined));
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      listening.reject(new Error(`slot ${this.slot} did not listen within ${START_TIMEOUT_MS} ms`));
    }, START_TIMEOUT_MS);
    const instanceId = await listening.promise;
    clearTimeout(timer);
    return instanceId;
  }
}
