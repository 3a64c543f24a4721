// The answers of the benchmark's agent.

/** What the agent is asked for, in `config`: 200 tokens at 50 a second. */
export const ANSWER = { tokens: 200, token_delay_ms: 20 };

export const ANSWER_MS = ANSWER.tokens * ANSWER.token_delay_ms;

/** How the agent streams; also the path at which it does. */
export type AgentFormat = 'sse' | 'n8n';
