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

/** What an agent is sent: Parley's own request, or one to an endpoint that speaks OpenAI's chat completions. */
export type AgentProtocol = 'webhook' | 'openai';

/** Everything the agent is told. How it looks on the wire is `wire-request.ts`'s business. */
export interface AgentRequest {
  protocol: AgentProtocol;
  /** For OpenAI's protocol, that of the endpoint or its base. */
  url: string;
  /** Sent as a bearer token; null or empty sends none. */
  token: string | null;
  /** Signs the request, as Standard Webhooks do: `whsec_` and base64; null or empty signs nothing. */
  signingSecret: string | null;
  /** Also the idempotency key, so a workflow can tell a repeated call from a new one. */
  runId: string;
  chatId: string;
  agentId: string;
  /** The history, oldest first; the last one is the user's new message. */
  messages: readonly AgentMessage[];
  systemPrompt: string | null;
  config: Readonly<Record<string, unknown>>;
  user: AgentUser;
  /** W3C trace context, passed on as it is if it is valid. */
  traceparent?: string | undefined;
}
