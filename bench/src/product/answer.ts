// The answers of the benchmark's agent.

/** The `config` of each request: 200 tokens at 50 a second. */
export const ANSWER = { tokens: 200, token_delay_ms: 20 };

export const ANSWER_MS = ANSWER.tokens * ANSWER.token_delay_ms;

/** The format in which the agent streams, and the path of its URL. */
export type AgentFormat = 'sse' | 'n8n';
