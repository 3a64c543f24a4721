import { DomainError } from '../errors.ts';

/** @throws DomainError AGENT_MODEL_REQUIRED if an OpenAI agent names no model */
export function checkModel(protocol: 'webhook' | 'openai', config: Readonly<Record<string, unknown>>): void {
  if (protocol !== 'openai') return;
  const { model } = config;
  if (typeof model === 'string' && model.trim() !== '') return;
  throw new DomainError(
    'AGENT_MODEL_REQUIRED',
    'An agent with the OpenAI protocol needs the name of its model in config.model, such as "llama3.2".',
  );
}
