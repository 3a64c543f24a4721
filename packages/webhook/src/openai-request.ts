// The request to an endpoint that speaks OpenAI's chat completions: OpenAI itself, Ollama, vLLM, LM Studio, any gateway.

import { AgentError } from './agent-error.ts';
import type { AgentRequest } from './agent-request.ts';

const PATH = '/chat/completions';

/** An agent's address may be the endpoint's base, as in most programs' settings (`http://localhost:11434/v1`), or all of it. */
export function openAiUrl(url: URL): URL {
  if (url.pathname.endsWith(PATH)) return url;
  const whole = new URL(url);
  whole.pathname = url.pathname.replace(/\/*$/, PATH);
  return whole;
}

/**
 * `config` is sent as it is (`model`, `temperature`, `max_tokens` ...), but for the messages, which are the chat's.
 * @throws AgentError if it names no model
 */
export function openAiBody({ systemPrompt, messages, config }: AgentRequest): string {
  const { model } = config;
  if (typeof model !== 'string' || model.trim() === '') {
    throw new AgentError(
      'AGENT_MISCONFIGURED',
      'The agent is not set up correctly.',
      'An agent that speaks OpenAI’s protocol needs the name of its model, as "model" in its config.',
    );
  }
  const system = systemPrompt ? [{ role: 'system', content: systemPrompt }] : [];
  return JSON.stringify({
    stream: true,
    ...config,
    messages: [...system, ...messages.map(({ role, content }) => ({ role, content }))],
  });
}
