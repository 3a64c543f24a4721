export interface AgentMessage {
  role: 'user' | 'assistant';
  content: string;
  /** ISO 8601. */
  timestamp: string;
}

export interface AgentUser {
  id: string;
  email: string;
  displayName: string;
  role: 'admin' | 'user';
}

/** Everything the agent is told. How it looks on the wire is `request-body.ts`'s business. */
export interface AgentRequest {
  url: string;
  /** Sent as a bearer token; null or empty sends none. */
  token: string | null;
  /** Also the idempotency key, so a workflow can tell a repeated call from a new one. */
  runId: string;
  chatId: string;
  agentId: string;
  /** The history, oldest first; the last one is the user's new message. */
  messages: readonly AgentMessage[];
  systemPrompt: string | null;
  config: Readonly<Record<string, unknown>>;
  user: AgentUser;
  /** W3C trace context, passed on as it is. */
  traceparent?: string;
}
