// Runs that other instances execute: their journals, copied into logs that any number of followers here read.
import { setTimeout as delay } from 'node:timers/promises';
import { forTeam, messages, runs, type DB } from '@parley/db';
import type { Kysely } from 'kysely';
import type { Journal } from './journal.ts';
import { chatDeleted, terminalEventOfSavedRun } from './run-end.ts';
import { RunLog } from './run-log.ts';
import { isEnded } from './run-state.ts';

export interface RemoteRunKey {
  teamId: string;
  chatId: string;
  runId: string;
}

interface Copy {
  log: RunLog;
  /** Resolves when the journal has been read once: until then, a place in it cannot be told from one past its end. */
  isCopied: Promise<void>;
  followers: number;
  wake: () => void;
}

export interface RemoteRuns {
  /**
   * The run's log, which grows until the run has ended or `release` has been called for each `follow`. It has what was in
   * the journal once `isCopied` resolves.
   */
  follow(run: RemoteRunKey): Pick<Copy, 'log' | 'isCopied'> & { release: () => void };
  /** These runs, or any, have something new. */
  wake: (runIds: string[] | undefined) => void;
}

/** A wake-up may get lost: how long what it told of then waits. */
const POLL_MS = 2_000;

export function createRemoteRuns(deps: {
  db: Kysely<DB>;
  journal: Journal;
  onError: (error: unknown, run: { runId: string }) => void;
}): RemoteRuns {
  const copies = new Map<string, Copy>();

  async function keepCopying(run: RemoteRunKey, copy: Copy, onCopied: () => void): Promise<void> {
    while (copy.followers > 0 && !copy.log.isEnded) {
      const woken = new Promise<void>((resolve) => (copy.wake = resolve));
      try {
        await copyWhatIsNew(run, copy.log, deps);
        onCopied();
      } catch (error) {
        deps.onError(error, run);
      }
      if (!copy.log.isEnded) await Promise.race([woken, delay(POLL_MS, undefined, { ref: false })]);
    }
    copies.delete(run.runId);
  }

  return {
    follow(run) {
      let copy = copies.get(run.runId);
      if (copy === undefined) {
        const copied = Promise.withResolvers<void>();
        copy = { log: new RunLog(), isCopied: copied.promise, followers: 0, wake: () => {} };
        copies.set(run.runId, copy);
        const started = copy;
        // With a follower, that is: not before this call has counted it.
        queueMicrotask(() => void keepCopying(run, started, copied.resolve));
      }
      const followed = copy;
      followed.followers += 1;
      const release = (): void => {
        followed.followers -= 1;
        if (followed.followers === 0) followed.wake();
      };
      return { log: followed.log, isCopied: followed.isCopied, release };
    },
    wake(runIds = [...copies.keys()]) {
      for (const runId of runIds) copies.get(runId)?.wake();
    },
  };
}

async function copyWhatIsNew(
  run: RemoteRunKey,
  log: RunLog,
  { db: system, journal }: { db: Kysely<DB>; journal: Journal },
): Promise<void> {
  const db = forTeam(system, run.teamId);
  // The state first: what was in the journal when the run ended is then read after it.
  const saved = await runs.find(db, { teamId: run.teamId, chatId: run.chatId, id: run.runId });
  for (const { seq, event } of await journal.read(run, log.lastSeq)) {
    // The beginning has been removed already, or the run's end has been reached.
    if (seq !== log.lastSeq + 1 || log.isEnded) break;
    log.append(event);
  }
  if (log.isEnded) return;
  if (saved === undefined) {
    log.append(chatDeleted);
    return;
  }
  const { state } = saved;
  if (!isEnded(state)) return;
  // It ended so long ago that its journal is gone.
  const message = await messages.find(db, { teamId: run.teamId, id: saved.assistantMessageId });
  log.append({ type: 'message', data: { content: message?.content ?? '', reset: true } });
  log.append(terminalEventOfSavedRun({ ...saved, state }));
}
