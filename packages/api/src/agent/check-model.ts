import { DomainError } from '../errors.ts';

/** @throws DomainError AGENT_MODEL_REQUIRED where an agent would have nothing to ask for */
export function checkModel(protocol: 'webhook' | 'openai', config: Readonly<Record<string, unknown>>): void {
  if (protocol !== 'openai') return;
  const { model } = config;
  if (typeof model === 'string' && model.trim() !== '') return;
  throw new DomainError(
    'AGENT_MODEL_REQUIRED',
    'An agent that speaks OpenAI’s protocol needs the name of its model: config.model, such as "llama3.2".',
  );
}
