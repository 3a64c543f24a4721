// Flowise: `{ event, data }`. `start` contains the first token, which `token` repeats.
// Source: SSEStreamer of FlowiseAI/Flowise

import type { UnknownRecord } from '../../text-of-value.ts';
import { errorStep, nothing, textStep, type StreamedStep } from './streamed-step.ts';

const NOT_TEXT = new Set([
  ...[
    'start',
    'metadata',
    'sourceDocuments',
    'usedTools',
    'calledTools',
    'fileAnnotations',
    'artifacts',
    'tool',
  ],
  ...[
    'agentReasoning',
    'agentFlowEvent',
    'agentFlowExecutedData',
    'nextAgentFlow',
    'action',
    'usageMetadata',
  ],
  ...['thinking', 'tts_start', 'tts_data', 'tts_end', 'tts_abort'],
]);

export function readFlowiseEvent(message: UnknownRecord): StreamedStep | undefined {
  const { event, data } = message;
  if (typeof event !== 'string' || !('data' in message)) return undefined;
  switch (event) {
    case 'token':
      return textStep(data);
    case 'nextAgent':
      return typeof data === 'string' ? { type: 'status', description: data } : nothing;
    case 'error':
      return errorStep(data);
    case 'abort':
      return errorStep('the answer was aborted');
    case 'end':
      return { type: 'end' };
    default:
      return NOT_TEXT.has(event) ? nothing : undefined;
  }
}
