// Ollama's native API: one line of JSON for each token with `done`, and `{ message: { content } }` (/api/chat) or `{ response }`
// (/api/generate). Source: https://github.com/ollama/ollama/blob/main/docs/api.md

import { isRecord, textOfValue, type UnknownRecord } from '../../text-of-value.ts';
import type { StreamedStep } from './streamed-step.ts';

export function isOllamaLine(line: UnknownRecord): boolean {
  return (
    typeof line['done'] === 'boolean' && (isRecord(line['message']) || typeof line['response'] === 'string')
  );
}

export function readOllamaLine(line: UnknownRecord): StreamedStep | undefined {
  if (!isOllamaLine(line)) return undefined;
  const text = textOfValue(line, '') ?? '';
  return line['done'] === true && text === '' ? { type: 'end' } : { type: 'text', text };
}
