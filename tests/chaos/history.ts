// The history of a run, as recorded by the clients, the agent and the injector of faults. It is append-only: in memory for the
// checker, and as JSON lines on disk for later analysis. Times are milliseconds of the machine's clock, which all processes and
// Postgres share.
import { createWriteStream } from 'node:fs';
import type { AnswerPart } from '@parley/client';
import type { SentParts } from './cluster/agent-parts.ts';

export type HistoryEntry = { atMs: number } & (
  ClientEntry | FollowerEntry | AgentEntry | InstanceEntry | FaultEntry
);

/** The requests of clients and their responses. */
export type ClientEntry =
  /** `expected` is the whole answer; null if the message asks the agent to fail. */
  | { type: 'send'; messageId: string; chatId: string; content: string; expected: string | null }
  | { type: 'send-ack'; messageId: string; runId: string; assistantMessageId: string }
  | { type: 'send-failed'; messageId: string; reason: string }
  | { type: 'retry'; earlierRunId: string }
  | { type: 'retry-ack'; earlierRunId: string; runId: string; assistantMessageId: string }
  | { type: 'retry-failed'; earlierRunId: string; reason: string }
  | { type: 'stop'; chatId: string }
  | { type: 'stop-ack'; chatId: string; runId: string | null };

/** The observations of followers. Each `follow` must end with one of the last four entries. */
export type FollowerEntry =
  | { type: 'follow'; followId: string; cursor: 'none' | 'last' | 'malformed' | 'foreign' }
  /** The length of the follower's text, recorded at intervals. */
  | { type: 'seen'; followId: string; runId: string; chars: number }
  /** The follower received the terminal event: `done`, or the reason of an error. `text` and `parts` are the answer that it has. */
  | {
      type: 'followed';
      followId: string;
      runId: string;
      text: string;
      parts: readonly AnswerPart[];
      terminal: string;
    }
  /** The follower left, like a closed tab. */
  | { type: 'follow-left'; followId: string }
  /** The stream ended without a terminal event and without an error. */
  | { type: 'follow-ended'; followId: string }
  | { type: 'follow-failed'; followId: string; reason: string };

/** The requests to the agent, and how much of its text and of its parts it has sent. */
export type AgentEntry =
  | { type: 'agent-request'; runId: string }
  | { type: 'agent-text'; runId: string; chars: number }
  | ({ type: 'agent-parts'; runId: string } & SentParts);

/** The lifecycle of server processes. `slot` is a place in the cluster, `instanceId` one process in it. */
export type InstanceEntry =
  | { type: 'up'; slot: number; instanceId: string }
  | { type: 'kill'; slot: number; instanceId: string }
  | { type: 'term'; slot: number; instanceId: string }
  /** Follows a `term`, unless the process was killed first. */
  | { type: 'exit'; slot: number; instanceId: string; code: number | null }
  | { type: 'pause'; slot: number; instanceId: string }
  | { type: 'resume'; slot: number; instanceId: string };

/** How the database was unavailable. */
export type Outage = 'restarted' | 'frozen' | 'full';

export type FaultEntry =
  | { type: 'database-down'; how: Outage }
  | { type: 'database-up' }
  | { type: 'database-cut'; connections: number }
  | { type: 'network-cut'; connections: number }
  | { type: 'cut'; client: string; boundary: string }
  /** More answers at once than the instance has memory for. */
  | { type: 'overload'; slot: number; instanceId: string }
  | { type: 'overload-over'; instanceId: string }
  | { type: 'faults-over' };

type WithoutTime<Entry> = Entry extends { atMs: number } ? Omit<Entry, 'atMs'> : never;
export type NewEntry = WithoutTime<HistoryEntry>;

export interface History {
  readonly entries: readonly HistoryEntry[];
  append(entry: NewEntry): void;
  /** Resolves when all entries are on disk. */
  close(): Promise<void>;
}

export function createHistory(file: string): History {
  const entries: HistoryEntry[] = [];
  const stream = createWriteStream(file, { flags: 'wx' });
  return {
    entries,
    append(entry) {
      const timed: HistoryEntry = { atMs: Date.now(), ...entry };
      entries.push(timed);
      stream.write(`${JSON.stringify(timed)}\n`);
    },
    close: () => new Promise((resolve) => stream.end(resolve)),
  };
}
