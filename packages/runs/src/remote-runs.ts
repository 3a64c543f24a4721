// Followers of runs that other instances execute: one copy of each run's journal in memory, shared by all local
// followers.
import { setTimeout as delay } from 'node:timers/promises';
import { forTeam, messages, runs, type DB } from '@parley/db';
import type { Kysely } from 'kysely';
import type { Journal } from './journal.ts';
import { chatDeleted, terminalEventOfSavedRun } from './run-end.ts';
import { RunLog } from './run-log.ts';
import { savedParts } from './saved-parts.ts';
import { isEnded } from './run-state.ts';

export interface RemoteRunKey {
  teamId: string;
  chatId: string;
  runId: string;
}

interface Copy {
  log: RunLog;
  /** Resolves after the first read of the journal. Before that, a valid cursor cannot be told from one past the end. */
  isCopied: Promise<void>;
  followers: number;
  wake: () => void;
}

export interface RemoteRuns {
  /**
   * The run's log. It grows until the run has ended or `release` was called once for each `follow`. When `isCopied`
   * resolves, it holds everything that was in the journal.
   */
  follow(run: RemoteRunKey): Pick<Copy, 'log' | 'isCopied'> & { release: () => void };
  /** Reads the journals of these runs, or of all runs, at once. */
  wake: (runIds: string[] | undefined) => void;
}

/** The polling interval, which bounds the delay after a lost wake-up. */
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
        // Deferred, because the loop ends while there are no followers, and this call has not counted its own yet.
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
  // Read the state before the journal: if the run has ended, the journal read then contains its last events.
  const saved = await runs.find(db, { teamId: run.teamId, chatId: run.chatId, id: run.runId });
  for (const { seq, event } of await journal.read(run, log.lastSeq)) {
    // Old rows may be deleted already, and nothing may follow the terminal event.
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
  // The run ended so long ago that its journal is deleted.
  const message = await messages.find(db, { teamId: run.teamId, id: saved.assistantMessageId });
  log.append({
    type: 'message',
    data: { content: message?.content ?? '', reset: true, parts: savedParts(message) },
  });
  log.append(terminalEventOfSavedRun({ ...saved, state }));
}
