// Follows the runs of open conversations. Events are rendered once per frame: a fast answer renders 60 times a second, not 200.
import type { Client } from '../create-client.ts';
import { followRun } from '../follow-run.ts';
import { initialRunView, reduceRunEvents, type RunView } from '../reduce-run-events.ts';
import { isTransient, retryDelayMs } from '../retry-transient.ts';
import type { ChatCache } from './chat-cache.ts';
import type { Connection } from './connection.ts';

interface LiveRun {
  chatId: string;
  runId: string;
  view: RunView;
  /** `view` as of the last frame. */
  shown: RunView;
  followers: number;
  abort: AbortController;
}

export interface LiveAnswersDeps {
  client: Client;
  cache: ChatCache;
  connection: Connection;
  reportError: (error: unknown) => void;
}

const FRAME_MS = 16;

export class LiveAnswers {
  readonly #deps: LiveAnswersDeps;
  readonly #runs = new Map<string, LiveRun>();
  readonly #changed = new Set<LiveRun>();
  readonly #listeners = new Set<() => void>();
  #isFrameRequested = false;

  constructor(deps: LiveAnswersDeps) {
    this.#deps = deps;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** The answer so far; undefined unless the run is followed. */
  viewOf(runId: string | null | undefined): RunView | undefined {
    return runId == null ? undefined : this.#runs.get(runId)?.shown;
  }

  /** The returned function stops following; the run itself continues. Followers of one run share a stream. */
  follow({ chatId, runId }: { chatId: string; runId: string }): () => void {
    const known = this.#runs.get(runId);
    const run = known ?? this.#start(chatId, runId);
    run.followers += 1;
    let isFollowing = true;
    return () => {
      if (!isFollowing) return;
      isFollowing = false;
      run.followers -= 1;
      if (run.followers > 0) return;
      run.abort.abort();
      this.#runs.delete(runId);
    };
  }

  #start(chatId: string, runId: string): LiveRun {
    const view = initialRunView;
    const run = { chatId, runId, view, shown: view, followers: 0, abort: new AbortController() };
    this.#runs.set(runId, run);
    this.#notify();
    void this.#read(run);
    return run;
  }

  async #read(run: LiveRun): Promise<void> {
    const { client, connection, reportError } = this.#deps;
    const { chatId, runId, abort } = run;
    const { signal } = abort;
    let lastEventId: string | undefined;
    let failures = 0;
    while (!signal.aborted && run.view.state === 'running') {
      try {
        const events = followRun(client, {
          chatId,
          runId,
          ...(lastEventId === undefined ? {} : { lastEventId }),
          signal,
          onConnectionChange: (isConnected) => isConnected || connection.reportUnreachable(),
        });
        for await (const event of events) {
          lastEventId = event.id;
          failures = 0;
          run.view = reduceRunEvents(run.view, event);
          this.#showNextFrame(run);
        }
        break;
      } catch (error) {
        if (signal.aborted) return;
        reportError(error);
        if (!isTransient(error)) break;
        failures += 1;
        await connection.waitUntilOnline();
        await new Promise((resolve) => setTimeout(resolve, retryDelayMs(error, failures)));
      }
    }
    if (!signal.aborted) await this.#end(run);
  }

  /** Replaces the live answer with the saved one. The live text goes into the cache first, so that nothing flickers. */
  async #end({ chatId, runId, view }: LiveRun): Promise<void> {
    const { cache, reportError } = this.#deps;
    const message = cache.findMessage(chatId, runId);
    if (message?.status === 'streaming' && view.state !== 'running') {
      const status = view.state === 'succeeded' ? 'complete' : view.state;
      cache.putMessages(chatId, [
        { ...message, content: view.text, parts: [...view.parts], status, error: view.error },
      ]);
    }
    cache.chatChanged(chatId);
    await cache.refreshMessages(chatId).catch(reportError);
  }

  #showNextFrame(run: LiveRun): void {
    this.#changed.add(run);
    if (this.#isFrameRequested) return;
    this.#isFrameRequested = true;
    requestFrame(() => {
      this.#isFrameRequested = false;
      for (const changed of this.#changed) changed.shown = changed.view;
      this.#changed.clear();
      this.#notify();
    });
  }

  #notify(): void {
    for (const listener of this.#listeners) listener();
  }
}

function requestFrame(show: () => void): void {
  if ('requestAnimationFrame' in globalThis) requestAnimationFrame(show);
  else setTimeout(show, FRAME_MS);
}
