import type { AgentCredentials } from './agent-credentials.ts';

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

/** The kind of request: Parley's own webhook request, or one for OpenAI's chat completions. */
export type AgentProtocol = 'webhook' | 'openai';

/** One call to an agent. `wire-request.ts` turns it into an HTTP request. */
export interface AgentRequest extends AgentCredentials {
  protocol: AgentProtocol;
  /** The webhook. With OpenAI's protocol: the endpoint, or its base URL. */
  url: string;
  /** Signs the request as Standard Webhooks specifies: `whsec_` and base64. Null or empty: no signature. */
  signingSecret: string | null;
  /** Also the idempotency key, by which a workflow can tell a repeated call from a new one. */
  runId: string;
  chatId: string;
  agentId: string;
  /** The history, oldest first: turns of the user and the agent that alternate. The last one is the user's. */
  messages: readonly AgentMessage[];
  /** The user's new message alone, where the last turn may have earlier messages, too. Default: the last turn. */
  chatInput?: string | undefined;
  systemPrompt: string | null;
  config: Readonly<Record<string, unknown>>;
  user: AgentUser;
  /** The path of the text in a JSON answer, such as `data.reply`. Null or empty: the usual fields. */
  answerField?: string | null | undefined;
  /** The names of the n8n nodes whose text is the answer. Empty: all nodes. */
  answerNodes?: readonly string[] | undefined;
  /** W3C trace context; a valid one is forwarded unchanged. */
  traceparent?: string | undefined;
}
