// Follows the run of the open chat. A tab has one stream at a time, since a browser opens only six connections to a
// host. Events are rendered once per frame: a fast answer renders 60 times a second, not 200.
import {
  followRun,
  initialRunView,
  isTransient,
  reduceRunEvents,
  retryDelayMs,
  type RunView,
} from '@parley/client';
import { useSyncExternalStore } from 'react';
import { client, reportError } from '../api/api.ts';
import { reportUnreachable, waitUntilOnline } from '../api/connection.ts';
import { chatChanged, findCachedMessage, putMessages, refreshMessages } from '../api/message-cache.ts';

interface LiveRun {
  chatId: string;
  runId: string;
  view: RunView;
  abort: AbortController;
}

let live: LiveRun | undefined;
/** `live.view` as of the last frame. */
let shown: { runId: string; view: RunView } | undefined;
let frame: number | undefined;
const listeners = new Set<() => void>();

/** The answer so far; undefined unless this tab follows the run. */
export function useLiveRun(runId: string | null): RunView | undefined {
  const current = useSyncExternalStore(subscribe, () => shown);
  return current !== undefined && current.runId === runId ? current.view : undefined;
}

/** Follows a run instead of the previous one. The returned function stops following; the run itself continues. */
export function followLiveRun({ chatId, runId }: { chatId: string; runId: string }): () => void {
  live?.abort.abort();
  const run: LiveRun = { chatId, runId, view: initialRunView, abort: new AbortController() };
  live = run;
  show(run);
  void follow(run);
  return () => {
    run.abort.abort();
    if (live === run) live = undefined;
  };
}

async function follow(run: LiveRun): Promise<void> {
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
        onConnectionChange: (isConnected) => isConnected || reportUnreachable(),
      });
      for await (const event of events) {
        lastEventId = event.id;
        failures = 0;
        run.view = reduceRunEvents(run.view, event);
        showNextFrame(run);
      }
      break;
    } catch (error) {
      if (signal.aborted) return;
      reportError(error);
      if (!isTransient(error)) break;
      failures += 1;
      await waitUntilOnline();
      await new Promise((resolve) => setTimeout(resolve, retryDelayMs(error, failures)));
    }
  }
  if (!signal.aborted) await end(run);
}

/** Replaces the live answer with the saved one. The live text goes into the cache first, so that nothing flickers. */
async function end({ chatId, runId, view }: LiveRun): Promise<void> {
  const message = findCachedMessage(chatId, runId);
  if (message?.status === 'streaming' && view.state !== 'running') {
    const status = view.state === 'succeeded' ? 'complete' : view.state;
    putMessages(chatId, [
      { ...message, content: view.text, parts: [...view.parts], status, error: view.error },
    ]);
  }
  chatChanged(chatId);
  await refreshMessages(chatId).catch(reportError);
}

function showNextFrame(run: LiveRun): void {
  frame ??= requestAnimationFrame(() => {
    frame = undefined;
    show(run);
  });
}

function show({ runId, view }: LiveRun): void {
  if (live?.runId !== runId) return;
  shown = { runId, view };
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
