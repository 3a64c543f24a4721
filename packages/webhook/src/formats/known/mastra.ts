// Mastra's stream of agents: `{ type, runId, from, payload }`. Source: https://mastra.ai/reference/streaming/ChunkType

import { isRecord, type UnknownRecord } from '../../text-of-value.ts';
import { readError } from '../../reported-error.ts';
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

export function readMastraChunk(chunk: UnknownRecord): StreamedSteps | undefined {
  const { type, from, payload } = chunk;
  if (typeof type !== 'string' || typeof from !== 'string' || !isRecord(payload)) return undefined;
  const call = stringOf(payload['toolCallId']) ?? '';
  const name = stringOf(payload['toolName']);
  switch (type) {
    case 'text-start':
      return { type: 'segment' };
    case 'text-delta':
      return textStep(payload['text']);
    case 'reasoning-delta':
      return reasoningStep(payload['text']);
    case 'tool-call-input-streaming-start':
      return toolStep({ call, name });
    case 'tool-call-delta':
      return toolStep({ call, name, inputText: stringOf(payload['argsTextDelta']) });
    case 'tool-call':
      return [
        { type: 'status', description: name ?? '' },
        toolStep({ call, name, input: payload['args'], isComplete: true }),
      ];
    case 'tool-result':
      return payload['isError'] === true
        ? toolStep({ call, name, error: readError(payload['result']).message })
        : toolStep({ call, name, output: payload['result'] ?? null });
    case 'tool-error':
      return toolStep({ call, name, error: readError(payload['error']).message });
    case 'source':
      return sourceStep(payload['url'], payload['title'] ?? payload['filename']);
    case 'finish':
      return isRecord(payload['stepResult']) ? finishStep(payload['stepResult']['reason']) : nothing;
    case 'error':
      return { type: 'error', error: readError(payload['error'], payload) };
    case 'tripwire':
      return errorStep(payload['reason'] ?? payload['tripwireReason'], 'content_filter');
    case 'abort':
      return errorStep('the answer was aborted');
    default:
      return nothing;
  }
}
