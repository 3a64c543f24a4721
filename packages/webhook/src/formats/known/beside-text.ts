// What a JSON answer has beside its text: the tool calls of n8n's AI Agent and of Flowise, reasoning, and why the model stopped.

import { parseJson } from '../../json-reader.ts';
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

/** A call of a tool by n8n's AI Agent: `{ action: { tool, toolInput, log }, observation }`. */
function readAgentStep({ action, observation }: UnknownRecord): StreamedStep {
  const { tool, toolInput, log } = isRecord(action) ? action : {};
  const name = nodeNameOf(log, tool) ?? stringOf(tool);
  return toolStep({ call: '', name, input: toolInput ?? {}, output: resultOf(observation) });
}

/** The tool's name is that of its node with underscores, which the log has as it is: `Calling Find a room`. */
function nodeNameOf(log: unknown, tool: unknown): string | undefined {
  const name = typeof log === 'string' ? /^Calling (.+)$/.exec(log)?.[1] : undefined;
  return name?.replace(/[^\w-]+/g, '_') === tool ? name : undefined;
}

/** n8n sends the result as JSON in a string: the items of the tool's node, which is `[{"response": ...}]` for a single result. */
function resultOf(observation: unknown): unknown {
  const result = parsed(observation);
  const [item] = Array.isArray(result) && result.length === 1 ? result : [];
  const isResponse = isRecord(item) && Object.keys(item).length === 1 && item['response'] !== undefined;
  return isResponse ? parsed(item['response']) : result;
}

function parsed(value: unknown): unknown {
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return value ?? null;
  return parseJson(value) ?? value;
}
