// The UI message stream of Vercel's AI SDK. Source: uiMessageChunkSchema of the package `ai` 7.

import { textOfValue, type UnknownRecord } from '../../text-of-value.ts';
import {
  errorStep,
  finishStep,
  nothing,
  reasoningStep,
  sourceStep,
  stringOf,
  textStep,
  toolStep,
  type StreamedSteps,
} from './streamed-step.ts';

const NOT_TEXT = /^(?:tool|data|source|reasoning)-/;

export function readAiSdkChunk(chunk: UnknownRecord): StreamedSteps | undefined {
  const { type, delta, errorText } = chunk;
  if (typeof type !== 'string') return undefined;
  switch (type) {
    case 'text-delta':
      return textStep(delta);
    case 'text-start':
      return { type: 'segment' };
    case 'reasoning-delta':
      return reasoningStep(delta);
    case 'text-end':
    case 'finish-step':
    case 'message-metadata':
      return nothing;
    case 'source-url':
      return sourceStep(chunk['url'], chunk['title']);
    case 'source-document':
      return sourceStep(undefined, chunk['title'] ?? chunk['filename']);
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
      return textOfValue(chunk) === undefined ? finishStep(chunk['finishReason']) : undefined;
    default:
      return readTool(type, chunk) ?? (NOT_TEXT.test(type) ? nothing : undefined);
  }
}

function readTool(type: string, chunk: UnknownRecord): StreamedSteps | undefined {
  const { toolCallId, toolName, input, output } = chunk;
  const call = stringOf(toolCallId) ?? '';
  const name = stringOf(toolName);
  switch (type) {
    case 'tool-input-start':
      return [{ type: 'status', description: name ?? '' }, toolStep({ call, name })];
    case 'tool-input-delta':
      return toolStep({ call, inputText: stringOf(chunk['inputTextDelta']) });
    case 'tool-input-available':
      return toolStep({ call, name, input, isComplete: true });
    case 'tool-output-available':
      // A preliminary output is replaced by a later one.
      return chunk['preliminary'] === true ? nothing : toolStep({ call, output: output ?? null });
    case 'tool-input-error':
    case 'tool-output-error':
      return toolStep({ call, name, input, error: stringOf(chunk['errorText']) ?? 'failed' });
    default:
      return undefined;
  }
}
