// Followers of runs that other instances execute: one copy of each run's journal in memory, shared by all local
// followers.
import { setImmediate, setTimeout as delay } from 'node:timers/promises';
import { forTeam, messages, runs, type DB } from '@parley/db';
import type { Kysely } from 'kysely';
import type { Journal } from './journal.ts';
import type { LogBudget, LogShare } from './log-budget.ts';
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
  /** The seq of the event before the copy. */
  afterSeq: number;
  /** Resolves after the first read of the journal. Before that, a valid cursor cannot be told from one past the end. */
  isCopied: Promise<void>;
  share: LogShare;
  followers: number;
  wake: () => void;
}

export interface FollowedCopy extends Pick<Copy, 'log' | 'isCopied'> {
  release: () => void;
}

export interface RemoteRuns {
  /**
   * The run's log, or the rest of it after an event that the caller knows to exist. It grows until the run has ended, or
   * `release` was called once for each `follow`, or the log was cut to free memory. When `isCopied` resolves, it holds
   * everything that was in the journal.
   */
  follow(run: RemoteRunKey, afterSeq?: number): FollowedCopy;
  /** Reads the journals of these runs, or of all runs, at once. */
  wake: (runIds: string[] | undefined) => void;
}

export interface RemoteRunsDependencies {
  db: Kysely<DB>;
  journal: Journal;
  budget: LogBudget;
  onError: (error: unknown, run: { runId: string }) => void;
}

/** The polling interval, which bounds the delay after a lost wake-up. */
const POLL_MS = 2_000;

export function createRemoteRuns(deps: RemoteRunsDependencies): RemoteRuns {
  const copies = new Map<string, Set<Copy>>();

  async function keepCopying(run: RemoteRunKey, copy: Copy, onCopied: () => void): Promise<void> {
    while (copy.followers > 0 && !copy.log.isEnded) {
      const woken = new Promise<void>((resolve) => (copy.wake = resolve));
      try {
        await copyWhatIsNew(run, copy, deps);
        onCopied();
        await countCopied(copy);
      } catch (error) {
        deps.onError(error, run);
      }
      if (!copy.log.isEnded) await Promise.race([woken, delay(POLL_MS, undefined, { ref: false })]);
    }
    remove(run, copy);
  }

  function start(run: RemoteRunKey, afterSeq: number): Copy {
    const copied = Promise.withResolvers<void>();
    const log = new RunLog({ afterSeq });
    const copy: Copy = {
      log,
      afterSeq,
      isCopied: copied.promise,
      share: deps.budget.addCopy(() => {
        log.cut();
        remove(run, copy);
        copy.wake();
      }),
      followers: 0,
      wake: () => {},
    };
    copies.set(run.runId, (copies.get(run.runId) ?? new Set()).add(copy));
    // Deferred, because the loop ends while there are no followers, and the caller has not counted its own yet.
    queueMicrotask(() => void keepCopying(run, copy, copied.resolve));
    return copy;
  }

  function remove({ runId }: RemoteRunKey, copy: Copy): void {
    const ofRun = copies.get(runId);
    ofRun?.delete(copy);
    if (ofRun?.size === 0) copies.delete(runId);
  }

  return {
    follow(run, afterSeq = 0) {
      const found = Array.from(copies.get(run.runId) ?? []).find(
        (copy) => copy.afterSeq <= afterSeq && afterSeq <= copy.log.lastSeq,
      );
      const copy = found ?? start(run, afterSeq);
      copy.followers += 1;
      const release = (): void => {
        copy.followers -= 1;
        if (copy.followers > 0) return;
        remove(run, copy);
        copy.share.release();
        copy.wake();
      };
      return { log: copy.log, isCopied: copy.isCopied, release };
    },
    wake(runIds = [...copies.keys()]) {
      for (const runId of runIds) for (const copy of copies.get(runId) ?? []) copy.wake();
    },
  };
}

/** Counts what a copy takes, once the followers that keep up have read it: they do not read it again if the copy is cut. */
async function countCopied({ log, share }: Copy): Promise<void> {
  await setImmediate();
  share.count(log.bytes);
}

async function copyWhatIsNew(
  run: RemoteRunKey,
  copy: Copy,
  { db: system, journal }: RemoteRunsDependencies,
): Promise<void> {
  const { log } = copy;
  const db = forTeam(system, run.teamId);
  // Read the state before the journal: if the run has ended, the journal read then contains its last events.
  const saved = await runs.find(db, { teamId: run.teamId, chatId: run.chatId, id: run.runId });
  let hasMore = true;
  while (hasMore) {
    const page = await journal.read(run, log.lastSeq);
    ({ hasMore } = page);
    for (const { seq, event } of page.entries) {
      if (log.isEnded) return;
      // Old rows may be deleted already.
      if (seq === log.lastSeq + 1) log.append(event);
      else hasMore = false;
    }
    if (hasMore) await countCopied(copy);
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
  if (log.isCut) return;
  log.append({
    type: 'message',
    data: { content: message?.content ?? '', reset: true, parts: savedParts(message) },
  });
  log.append(terminalEventOfSavedRun({ ...saved, state }));
}
