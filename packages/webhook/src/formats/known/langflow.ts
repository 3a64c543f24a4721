// Langflow's stream of a flow: lines of `{ event, data }`, and its whole answer. Source: docs.langflow.org, /api/v1/run

import { isRecord, textOfValue, type UnknownRecord } from '../../text-of-value.ts';
import { readError } from '../../reported-error.ts';
import {
  nothing,
  stringOf,
  textStep,
  toolStep,
  type StreamedStep,
  type StreamedSteps,
} from './streamed-step.ts';

const NOT_TEXT = /^(?:vertices_sorted|build_start|build_end|end_vertex|end_all_vertices|remove_message)$/;

export function readLangflowEvent({ event, data }: UnknownRecord): StreamedSteps | undefined {
  if (typeof event !== 'string' || !isRecord(data)) return undefined;
  switch (event) {
    case 'token':
      return textStep(data['chunk'], data['id']);
    case 'add_message':
      return readMessage(data);
    case 'error':
      return { type: 'error', error: readError(data['error'], { ...data, message: textOf(data) }) };
    case 'end':
      return [...readLangflowOutputs(data['result']), { type: 'end' }];
    default:
      return NOT_TEXT.test(event) ? nothing : undefined;
  }
}

/** The text of a whole answer: `{ session_id, outputs: [{ outputs: [{ results: { message: { text } } }] }] }`. */
export function readLangflowAnswer(value: UnknownRecord): StreamedSteps | undefined {
  return 'session_id' in value && Array.isArray(value['outputs']) ? readLangflowOutputs(value) : undefined;
}

function readLangflowOutputs(result: unknown): StreamedStep[] {
  const texts = childrenOf(result, 'outputs')
    .flatMap((output) => childrenOf(output, 'outputs'))
    .map((output) => (isRecord(output['results']) ? textOfValue(output['results']) : undefined));
  const text = texts.filter((one) => one !== undefined && one !== '').join('\n\n');
  return [{ type: 'whole', text, isEnd: false }];
}

function childrenOf(value: unknown, key: string): UnknownRecord[] {
  const children = isRecord(value) ? value[key] : undefined;
  return Array.isArray(children) ? children.filter(isRecord) : [];
}

function readMessage(data: UnknownRecord): StreamedSteps {
  const { sender, id, error, category } = data;
  if (sender === 'User') return nothing;
  const text = textOf(data);
  if (error === true || category === 'error') return { type: 'error', error: { message: text, code: '' } };
  return [...toolsOf(data['content_blocks']), { type: 'message', message: stringOf(id) ?? '', text }];
}

function toolsOf(blocks: unknown): StreamedStep[] {
  const contents = childrenOf({ blocks }, 'blocks').flatMap((block) => childrenOf(block, 'contents'));
  return contents.flatMap((content, index) => {
    const { type, name, tool_input: input, output, error } = content;
    if (type !== 'tool_use') return [];
    const failure = error === undefined || error === null ? undefined : readError(error).message;
    const result = output === null ? undefined : output;
    return toolStep({ call: `tool ${index}`, name: stringOf(name), input, output: result, error: failure });
  });
}

function textOf(data: UnknownRecord): string {
  return stringOf(data['text']) ?? '';
}
