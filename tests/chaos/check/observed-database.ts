/** The final content of the database, and the changes that its triggers recorded. */
export interface ObservedDatabase {
  chats: { id: string; lastSeq: number }[];
  messages: ObservedMessage[];
  runs: ObservedRun[];
  /** Every change of a run's state, in the order of the commits' statements. */
  transitions: { runId: string; from: string; to: string; atMs: number }[];
  /** Every change of a finished answer. */
  rewrites: { messageId: string; atMs: number }[];
  /** The number of terminal events of each run in the journal. Runs whose journal has been removed are left out. */
  terminals: { runId: string; count: number }[];
}

export interface ObservedMessage {
  id: string;
  chatId: string;
  seq: number;
  role: string;
  content: string;
  /** Null for text alone. */
  parts: unknown[] | null;
  status: string;
  isSuperseded: boolean;
}

export interface ObservedRun {
  id: string;
  chatId: string;
  userMessageId: string;
  assistantMessageId: string;
  attempt: number;
  state: string;
  errorReason: string | null;
  instanceId: string;
  createdAtMs: number;
  endedAtMs: number | null;
}
