// The UI message stream of Vercel's AI SDK. Source: uiMessageChunkSchema of the package `ai` 7.

import { textOfValue, type UnknownRecord } from '../../text-of-value.ts';
import { errorStep, nothing, textStep, type StreamedStep } from './streamed-step.ts';

const NOT_TEXT = /^(?:tool|data|source|reasoning)-/;

export function readAiSdkChunk(chunk: UnknownRecord): StreamedStep | undefined {
  const { type, delta, errorText, toolName } = chunk;
  if (typeof type !== 'string') return undefined;
  switch (type) {
    case 'text-delta':
      return textStep(delta);
    case 'text-start':
      return { type: 'block' };
    case 'text-end':
    case 'finish-step':
    case 'message-metadata':
      return nothing;
    case 'tool-input-start':
      return typeof toolName === 'string' ? { type: 'status', description: toolName } : nothing;
    case 'start-step':
      return { type: 'step' };
    case 'reset-step':
      return { type: 'withdraw' };
    case 'error':
      return typeof errorText === 'string' ? errorStep(errorText) : undefined;
    case 'abort':
      return textOfValue(chunk) === undefined ? errorStep('the answer was aborted') : undefined;
    // Common words, which other agents may use in values that have text.
    case 'start':
    case 'finish':
    case 'file':
    case 'custom':
      return textOfValue(chunk) === undefined ? nothing : undefined;
    default:
      return NOT_TEXT.test(type) ? nothing : undefined;
  }
}
