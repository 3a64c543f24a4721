// Ollama's native API: one line of JSON for each token with `done`, and `{ message: { content } }` (/api/chat) or `{ response }`
// (/api/generate). Source: https://github.com/ollama/ollama/blob/main/docs/api.md

import { isRecord, textOfValue, type UnknownRecord } from '../../text-of-value.ts';
import {
  finishStep,
  reasoningStep,
  stringOf,
  toolStep,
  type StreamedStep,
  type StreamedSteps,
} from './streamed-step.ts';

export function isOllamaLine(line: UnknownRecord): boolean {
  return (
    typeof line['done'] === 'boolean' && (isRecord(line['message']) || typeof line['response'] === 'string')
  );
}

export function readOllamaLine(line: UnknownRecord): StreamedSteps | undefined {
  if (!isOllamaLine(line)) return undefined;
  const { message, done } = line;
  const said = isRecord(message) ? message : {};
  const text: StreamedStep = { type: 'text', text: textOfValue(line, '') ?? '' };
  if (done !== true && !('thinking' in said) && !('thinking' in line) && !('tool_calls' in said)) return text;
  const steps = [reasoningStep(said['thinking'] ?? line['thinking']), text, ...toolsOf(said['tool_calls'])];
  if (done !== true) return steps;
  return [...steps, finishStep(line['done_reason']), ...(text.text === '' ? [{ type: 'end' } as const] : [])];
}

function toolsOf(calls: unknown): StreamedStep[] {
  if (!Array.isArray(calls)) return [];
  const steps = calls.flatMap((call) => {
    const called = isRecord(call) ? call['function'] : undefined;
    return isRecord(called)
      ? toolStep({ call: '', name: stringOf(called['name']), input: called['arguments'] ?? {} })
      : [];
  });
  return [...steps, { type: 'segment' }];
}
