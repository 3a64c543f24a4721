/** What the database holds when everything has come to rest, and what its triggers saw on the way. */
export interface ObservedDatabase {
  chats: { id: string; lastSeq: number }[];
  messages: ObservedMessage[];
  runs: ObservedRun[];
  /** Every change of a run's state, in the order of the commits' statements. */
  transitions: { runId: string; from: string; to: string; atMs: number }[];
  /** Every change of an assistant's message after the one that filled it. */
  rewrites: { messageId: string; atMs: number }[];
  /** How many terminal events each run has in the journal. Runs whose journal has been removed are left out. */
  terminals: { runId: string; count: number }[];
}

export interface ObservedMessage {
  id: string;
  chatId: string;
  seq: number;
  role: string;
  content: string;
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
