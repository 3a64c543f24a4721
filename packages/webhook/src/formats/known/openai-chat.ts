// OpenAI's chat completions, whole and streamed, and those of the many servers with the same protocol. Several of these send
// reasoning, in fields of their own. Source: https://platform.openai.com/docs/api-reference/chat-streaming

import { isRecord, textOfValue, type UnknownRecord } from '../../text-of-value.ts';
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

export function readOpenAiCompletion(value: UnknownRecord): StreamedSteps | undefined {
  const { choices } = value;
  if (!Array.isArray(choices) || value['error']) return undefined;
  // A stream may send one of several alternatives at a time. Only the one with index 0 is shown.
  const choice: unknown = choices.find((one) => isRecord(one) && (one['index'] ?? 0) === 0);
  const found = sourcesOf(value['search_results']);
  if (!isRecord(choice)) return found;
  const { delta, message, finish_reason: reason } = choice;
  const said = isRecord(delta) ? delta : isRecord(message) ? message : choice;
  const text = textOf(said);
  if (text !== '' && reason == null && found.length === 0 && !hasMore(said)) return textStep(text);
  return [
    reasoningStep(said['reasoning_content'] ?? said['reasoning']),
    ...thoughtsOf(said['content']),
    textStep(text),
    ...toolsOf(said['tool_calls']),
    ...annotationsOf(said['annotations']),
    ...found,
    finishStep(reason),
  ].filter((step) => step !== nothing);
}

function hasMore(said: UnknownRecord): boolean {
  return (
    Array.isArray(said['content']) ||
    'reasoning_content' in said ||
    'reasoning' in said ||
    'tool_calls' in said ||
    'annotations' in said
  );
}

function textOf(said: UnknownRecord): string {
  const { content, refusal } = said;
  if (typeof content === 'string' && content !== '') return content;
  return (textOfValue(said, '') || stringOf(refusal)) ?? '';
}

/** Mistral's models put their thoughts beside the text, as parts of the content. */
function thoughtsOf(content: unknown): StreamedStep[] {
  if (!Array.isArray(content)) return [];
  return content.flatMap((part) =>
    isRecord(part) && part['type'] === 'thinking' ? reasoningStep(textOfValue(part['thinking'], '')) : [],
  );
}

function toolsOf(calls: unknown): StreamedStep[] {
  if (!Array.isArray(calls)) return [];
  const steps = calls.flatMap((call): StreamedStep[] => {
    if (!isRecord(call)) return [];
    const { id, index, function: called } = call;
    const { name, arguments: input } = isRecord(called) ? called : {};
    return [
      toolStep({
        call: stringOf(id) ?? '',
        place: `call ${typeof index === 'number' ? index : 0}`,
        name: stringOf(name) || undefined,
        ...(typeof input === 'string' ? { inputText: input } : { input }),
      }),
    ];
  });
  // What the model says after its calls is another text.
  return [...steps, { type: 'segment' }];
}

function annotationsOf(annotations: unknown): StreamedStep[] {
  if (!Array.isArray(annotations)) return [];
  return annotations.flatMap((annotation) => {
    const cited = isRecord(annotation) ? annotation['url_citation'] : undefined;
    return isRecord(cited) ? sourceStep(cited['url'], cited['title'], cited['content']) : [];
  });
}

function sourcesOf(results: unknown): StreamedStep[] {
  if (!Array.isArray(results)) return [];
  return results.flatMap((result) => (isRecord(result) ? sourceStep(result['url'], result['title']) : []));
}
