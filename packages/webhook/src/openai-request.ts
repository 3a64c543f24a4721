// The request for OpenAI's chat completions, which Ollama, vLLM, LM Studio and most gateways accept, too.

import { AgentError } from './agent-error.ts';
import type { AgentRequest } from './agent-request.ts';

const PATH = '/chat/completions';

/** The full URL of the endpoint. An agent's address may be its base, as in most programs' settings (`http://localhost:11434/v1`). */
export function openAiUrl(url: URL): URL {
  if (url.pathname.endsWith(PATH)) return url;
  const whole = new URL(url);
  whole.pathname = url.pathname.replace(/\/*$/, PATH);
  return whole;
}

/**
 * `config` is sent unchanged (`model`, `temperature`, `max_tokens` ...), except for its `messages`, which are those of the chat.
 * @throws AgentError if `config` has no model
 */
export function openAiBody({ systemPrompt, messages, config }: AgentRequest): string {
  const { model } = config;
  if (typeof model !== 'string' || model.trim() === '') {
    throw new AgentError(
      'AGENT_MISCONFIGURED',
      'The agent is not set up correctly.',
      'An agent with OpenAI’s protocol needs the name of its model: add "model" to its config.',
    );
  }
  const system = systemPrompt ? [{ role: 'system', content: systemPrompt }] : [];
  return JSON.stringify({
    stream: true,
    ...config,
    messages: [...system, ...messages.map(({ role, content }) => ({ role, content }))],
  });
}
