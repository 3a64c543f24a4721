// Flowise: `{ event, data }`. `start` contains the first token, which `token` repeats.
// Source: SSEStreamer of FlowiseAI/Flowise

import { isRecord, type UnknownRecord } from '../../text-of-value.ts';
import {
  errorStep,
  nothing,
  reasoningStep,
  sourceStep,
  stringOf,
  textStep,
  toolStep,
  type StreamedStep,
  type StreamedSteps,
} from './streamed-step.ts';

const NOT_TEXT = new Set([
  ...['start', 'metadata', 'calledTools', 'fileAnnotations', 'artifacts', 'tool'],
  ...[
    'agentReasoning',
    'agentFlowEvent',
    'agentFlowExecutedData',
    'nextAgentFlow',
    'action',
    'usageMetadata',
  ],
  ...['tts_start', 'tts_data', 'tts_end', 'tts_abort'],
]);

export function readFlowiseEvent(message: UnknownRecord): StreamedSteps | undefined {
  const { event, data } = message;
  if (typeof event !== 'string' || !('data' in message)) return undefined;
  switch (event) {
    case 'token':
      return textStep(data);
    case 'thinking':
      return reasoningStep(data);
    case 'usedTools':
    case 'sourceDocuments':
      return [...readFlowiseParts({ [event]: data }), { type: 'segment' }];
    case 'nextAgent':
      return typeof data === 'string'
        ? [
            { type: 'status', description: data },
            { type: 'begin', key: data, name: data },
          ]
        : nothing;
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

/** The tools and sources of a whole answer, or of the events named after them. */
export function readFlowiseParts({ usedTools, sourceDocuments }: UnknownRecord): StreamedStep[] {
  return [
    ...(Array.isArray(usedTools) ? usedTools.filter(isRecord).map(toolOf) : []),
    ...(Array.isArray(sourceDocuments) ? sourceDocuments.filter(isRecord).map(sourceOf) : []),
  ];
}

function toolOf({ tool, toolInput, toolOutput, error }: UnknownRecord): StreamedStep {
  const name = stringOf(tool);
  // Flowise repeats the calls so far.
  const call = `${name} ${JSON.stringify(toolInput)?.slice(0, 1_000)}`;
  return typeof error === 'string' && error !== ''
    ? toolStep({ call, name, input: toolInput, error })
    : toolStep({ call, name, input: toolInput, output: toolOutput ?? null });
}

function sourceOf({ pageContent, metadata }: UnknownRecord): StreamedStep {
  const about = isRecord(metadata) ? metadata : {};
  const source = stringOf(about['source']) ?? stringOf(about['url']);
  return sourceStep(source, about['title'] ?? about['fileName'] ?? source ?? 'Document', pageContent);
}
