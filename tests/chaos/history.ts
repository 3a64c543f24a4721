// What happened, as those saw it who took part: the clients, the agent, and whoever broke things. Only ever appended to,
// in memory for the checker and as JSON lines on disk for whoever wants to know why. Times are those of the machine's
// clock, in milliseconds: processes and Postgres share it.
import { createWriteStream } from 'node:fs';

export type HistoryEntry = { atMs: number } & (
  ClientEntry | FollowerEntry | AgentEntry | InstanceEntry | FaultEntry
);

/** What clients asked for, and what they were answered. */
export type ClientEntry =
  /** `expected` is the whole answer, where the agent's answer follows from the message. */
  | { type: 'send'; messageId: string; chatId: string; content: string; expected: string | null }
  | { type: 'send-ack'; messageId: string; runId: string; assistantMessageId: string }
  | { type: 'send-failed'; messageId: string; reason: string }
  | { type: 'retry'; earlierRunId: string }
  | { type: 'retry-ack'; earlierRunId: string; runId: string; assistantMessageId: string }
  | { type: 'retry-failed'; earlierRunId: string; reason: string }
  | { type: 'stop'; chatId: string }
  | { type: 'stop-ack'; chatId: string; runId: string | null };

/** What followers of answers saw. Each `follow` has to come to one of the ends below. */
export type FollowerEntry =
  | { type: 'follow'; followId: string; cursor: 'none' | 'last' | 'malformed' | 'foreign' }
  /** How much of the answer it had; noted now and then. */
  | { type: 'seen'; followId: string; runId: string; chars: number }
  /** The terminal event was received: `done`, or the reason of an error. `text` is the answer by this follower's account. */
  | { type: 'followed'; followId: string; runId: string; text: string; terminal: string }
  /** It left, as a closed tab does. */
  | { type: 'follow-left'; followId: string }
  /** The stream ended without a terminal event and without an error. */
  | { type: 'follow-ended'; followId: string }
  | { type: 'follow-failed'; followId: string; reason: string };

/** What the agent was asked, and what it had sent: `chars` of the answer so far. */
export type AgentEntry =
  { type: 'agent-request'; runId: string } | { type: 'agent-text'; runId: string; chars: number };

/** The lives of server processes. `slot` is a place in the cluster, `instanceId` one life in it. */
export type InstanceEntry =
  | { type: 'up'; slot: number; instanceId: string }
  | { type: 'kill'; slot: number; instanceId: string }
  | { type: 'term'; slot: number; instanceId: string }
  /** After a `term`, unless it was killed before it was done. */
  | { type: 'exit'; slot: number; instanceId: string; code: number | null }
  | { type: 'pause'; slot: number; instanceId: string }
  | { type: 'resume'; slot: number; instanceId: string };

export type FaultEntry =
  | { type: 'database-down' }
  | { type: 'database-up' }
  | { type: 'database-cut'; connections: number }
  | { type: 'network-cut'; connections: number }
  | { type: 'cut'; client: string; boundary: string }
  | { type: 'faults-over' };

type WithoutTime<Entry> = Entry extends { atMs: number } ? Omit<Entry, 'atMs'> : never;
export type NewEntry = WithoutTime<HistoryEntry>;

export interface History {
  readonly entries: readonly HistoryEntry[];
  append(entry: NewEntry): void;
  /** Resolves when all of it is on disk. */
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
