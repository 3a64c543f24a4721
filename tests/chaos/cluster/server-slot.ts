// A place for server processes that run one after the other on the same port, as a supervisor restarts them.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { compileCache, endWithParent } from '@parley/testing';
import type { History } from '../history.ts';

const main = fileURLToPath(new URL('../../../apps/server/src/main.ts', import.meta.url));
const START_TIMEOUT_MS = 60_000;
/** Longer than any outage of the database: a server that does not start in this time never will. */
const MAX_ATTEMPTS_MS = 60_000;

export interface ServerSlotOptions {
  slot: number;
  port: number;
  env: Record<string, string>;
  history: History;
  /** Receives the lines of the processes' stderr. */
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

  /** The result of the last check of /readyz. */
  get isReady(): boolean {
    return this.#isReady;
  }

  /** The id of the process; undefined if there is none. */
  get instanceId(): string | undefined {
    return this.#life?.instanceId;
  }

  get isRunning(): boolean {
    return this.#life?.state === 'running';
  }

  /** Whether a process exists, even if it is shutting down or paused. */
  get isThere(): boolean {
    return this.#life !== undefined;
  }

  /** @throws Error if the server does not listen in time */
  async start(): Promise<void> {
    if (this.#life !== undefined) throw new Error(`Slot ${this.slot} is already running.`);
    const beganMs = performance.now();
    for (;;) {
      const child = spawn(process.execPath, [main], {
        env: { ...compileCache, PATH: process.env['PATH'] ?? '', ...this.#env },
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
        throw new Error(`Slot ${this.slot} does not start. See servers.log for the reason.`);
      // The database was down. A supervisor tries again.
      await delay(500);
    }
  }

  kill(): void {
    const life = this.#take();
    if (life === undefined) return;
    life.child.kill('SIGKILL');
    this.#history.append({ type: 'kill', slot: this.slot, instanceId: life.instanceId });
  }

  /** @returns false if the process was killed before it had shut down, or was not running */
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
    // Recorded before the signal, so that every later action of the process counts as after the pause.
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

  /** Handles an exit other than by `kill`, which has already cleared the life. */
  #onExit(child: ChildProcess): void {
    if (this.#life?.child !== child) return;
    const { instanceId, state } = this.#life;
    this.#take();
    this.#history.append({ type: 'exit', slot: this.slot, instanceId, code: child.exitCode });
    // An unexpected exit.
    if (state !== 'terminating') void this.start();
  }

  #take(): Life | undefined {
    const life = this.#life;
    this.#life = undefined;
    this.#isReady = false;
    return life;
  }

  /** @returns the instance id, or undefined if the process exited */
  async #waitUntilListening(child: ChildProcess): Promise<string | undefined> {
    const { stderr } = child;
    if (stderr === null) throw new Error('The server was started without a pipe for its log.');
    const listening = Promise.withResolvers<string | undefined>();
    createInterface(stderr).on('line', (line) => {
      this.#log(`slot ${this.slot}: ${line}`);
      const instanceId = /"instanceId":"([^"]+)".*"msg":"listening"/.exec(line)?.[1];
      if (instanceId !== undefined) listening.resolve(instanceId);
    });
    child.once('exit', () => listening.resolve(undefined));
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      listening.reject(new Error(`Slot ${this.slot} did not listen within ${START_TIMEOUT_MS} ms.`));
    }, START_TIMEOUT_MS);
    const instanceId = await listening.promise;
    clearTimeout(timer);
    return instanceId;
  }
}
