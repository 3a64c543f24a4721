// What a JSON answer has beside its text: the tool calls of n8n's AI Agent and of Flowise, reasoning, and why the model stopped.

import { isRecord, type UnknownRecord } from '../../text-of-value.ts';
import { readFlowiseParts } from './flowise.ts';
import { finishStep, reasoningStep, stringOf, toolStep, type StreamedStep } from './streamed-step.ts';

export function readBesideText(value: UnknownRecord): StreamedStep[] {
  const item = isRecord(value['json']) ? value['json'] : value;
  const { intermediateSteps, reasoning, reasoning_content: reasoningContent, finishReason } = item;
  return [
    reasoningStep(reasoning ?? reasoningContent),
    ...(Array.isArray(intermediateSteps) ? intermediateSteps.filter(isRecord).map(readAgentStep) : []),
    ...readFlowiseParts(item),
    finishStep(finishReason ?? item['finish_reason'] ?? item['stop_reason']),
  ];
}

/** A call of a tool by n8n's AI Agent: `{ action: { tool, toolInput }, observation }`. */
function readAgentStep({ action, observation }: UnknownRecord): StreamedStep {
  const { tool, toolInput } = isRecord(action) ? action : {};
  return toolStep({ call: '', name: stringOf(tool), input: toolInput ?? {}, output: parsed(observation) });
}

/** n8n sends the result of a tool as JSON in a string. */
function parsed(observation: unknown): unknown {
  if (typeof observation !== 'string' || !/^\s*[[{]/.test(observation)) return observation ?? null;
  try {
    return JSON.parse(observation);
  } catch {
    return observation;
  }
}
