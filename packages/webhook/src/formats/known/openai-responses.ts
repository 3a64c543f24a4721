// OpenAI's Responses API: events named `response.*`, and the whole response. The deltas of text are the answer; the `done`
// events repeat it. Source: https://platform.openai.com/docs/api-reference/responses-streaming

import { isRecord, textOfValue, type UnknownRecord } from '../../text-of-value.ts';
import { readError } from '../../reported-error.ts';
import {
  finishStep,
  nothing,
  reasoningStep,
  sourceStep,
  stringOf,
  textStep,
  toolStep,
  type StreamedStep,
  type StreamedSteps,
} from './streamed-step.ts';

export function readOpenAiResponseEvent(event: UnknownRecord): StreamedSteps | undefined {
  const { type, delta, item, response, item_id: itemId } = event;
  if (typeof type !== 'string' || !type.startsWith('response.')) return undefined;
  switch (type) {
    case 'response.output_text.delta':
    case 'response.refusal.delta':
      return textStep(delta);
    case 'response.reasoning_text.delta':
    case 'response.reasoning_summary_text.delta':
      return reasoningStep(delta);
    case 'response.reasoning_summary_part.added':
      return reasoningStep('\n\n');
    case 'response.function_call_arguments.delta':
    case 'response.mcp_call_arguments.delta':
      return toolStep({ call: stringOf(itemId) ?? '', inputText: stringOf(delta) });
    case 'response.output_item.added':
      return isRecord(item) ? [{ type: 'segment' }, ...callOf(item, false)] : nothing;
    case 'response.output_item.done':
      return isRecord(item) ? callOf(item, true) : nothing;
    case 'response.output_text.annotation.added':
      return sourceOf(event['annotation']);
    case 'response.failed':
      return { type: 'error', error: readError(isRecord(response) ? response['error'] : undefined) };
    // `incomplete`: the model reached its token limit. The text so far is the answer.
    case 'response.incomplete':
    case 'response.completed':
      return [...finishOf(response), { type: 'whole', text: textOfValue(response) ?? '', isEnd: true }];
    default:
      return nothing;
  }
}

/** A response that is not streamed. */
export function readOpenAiResponse(value: UnknownRecord): StreamedSteps | undefined {
  const { object, output, error } = value;
  if (object !== 'response' || !Array.isArray(output) || error) return undefined;
  return [
    ...output.filter(isRecord).flatMap(besideText),
    { type: 'whole', text: textOfValue(value) ?? '', isEnd: true },
    ...finishOf(value),
  ];
}

function besideText(item: UnknownRecord): StreamedStep[] {
  if (item['type'] !== 'reasoning') return callOf(item, true).concat(sourcesOf(item['content']));
  return [reasoningStep(textOfValue(item['summary']) || textOfValue(item['content']))];
}

function callOf(item: UnknownRecord, isDone: boolean): StreamedStep[] {
  const { type, id, call_id: callId, name, status, error, output } = item;
  if (typeof type !== 'string' || !type.endsWith('_call')) return [];
  const failure = isRecord(error) || typeof error === 'string' ? readError(error).message : undefined;
  // OpenAI runs the tools of other types than functions, and says when they are done.
  const result =
    type === 'function_call' || !isDone ? undefined : (output ?? (failure === undefined ? null : undefined));
  return [
    toolStep({
      call: stringOf(id) ?? stringOf(callId) ?? '',
      name: stringOf(name) ?? type.slice(0, -'_call'.length),
      inputText: isDone ? undefined : stringOf(item['arguments']),
      ...(isDone && { input: inputOf(item) }),
      ...(result !== undefined && { output: result }),
      error: status === 'failed' ? (failure ?? 'failed') : failure,
      isComplete: isDone,
    }),
  ];
}

function inputOf({ arguments: given, action, queries, code }: UnknownRecord): unknown {
  if (typeof given !== 'string') return action ?? queries ?? code;
  try {
    return JSON.parse(given);
  } catch {
    return given;
  }
}

function sourcesOf(content: unknown): StreamedStep[] {
  if (!Array.isArray(content)) return [];
  return content.flatMap((part) =>
    isRecord(part) && Array.isArray(part['annotations']) ? part['annotations'].map(sourceOf) : [],
  );
}

function sourceOf(annotation: unknown): StreamedStep {
  if (!isRecord(annotation)) return nothing;
  return annotation['type'] === 'url_citation'
    ? sourceStep(annotation['url'], annotation['title'])
    : sourceStep(undefined, annotation['filename']);
}

function finishOf(response: unknown): StreamedStep[] {
  const details = isRecord(response) ? response['incomplete_details'] : undefined;
  return isRecord(details) ? [finishStep(details['reason'])] : [];
}
