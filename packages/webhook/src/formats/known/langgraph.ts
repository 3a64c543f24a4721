// LangGraph: the stream modes `messages`, `updates` and `values` of its server, whose events are named after them, and the state
// that it returns at the end of a run. Source: https://docs.langchain.com/langsmith/streaming

import { isRecord, textOfValue, type UnknownRecord } from '../../text-of-value.ts';
import {
  finishStep,
  nothing,
  reasoningStep,
  stringOf,
  toolStep,
  type StreamedStep,
  type StreamedSteps,
} from './streamed-step.ts';

/** @param name the event's name, to which a subgraph adds its own: `messages|tools:1` */
export function readLangGraphEvent(name: string, data: unknown): StreamedSteps | undefined {
  switch (name.split('|', 1)[0]) {
    case 'messages':
      return Array.isArray(data) ? readTuple(data) : undefined;
    case 'messages/partial':
      return Array.isArray(data) ? data.filter(isRecord).filter(isOfModel).map(messageStep) : undefined;
    case 'messages/complete':
      return Array.isArray(data) ? data.filter(isRecord).flatMap(readMessage) : undefined;
    case 'updates':
      return isRecord(data)
        ? Object.entries(data).flatMap(([node, update]) => readUpdate(node, update))
        : undefined;
    case 'values':
      return isRecord(data) && Array.isArray(data['messages']) ? readState(data) : undefined;
    case 'messages/metadata':
    case 'debug':
    case 'tasks':
    case 'checkpoints':
    case 'custom':
      return isRecord(data) || Array.isArray(data) ? nothing : undefined;
    default:
      return undefined;
  }
}

/** The pair of a piece and its metadata, as programs send it that use LangGraph without its server. */
export function readLangGraphTuple(data: readonly unknown[]): StreamedSteps | undefined {
  const [message, metadata] = data;
  const isPair = data.length === 2 && isRecord(message) && isRecord(metadata) && 'langgraph_node' in metadata;
  return isPair ? readTuple([...data]) : undefined;
}

/** The state after a run: the answer is the messages after the user's last one. */
export function readLangGraphState(value: UnknownRecord): StreamedSteps | undefined {
  const { messages } = value;
  const first: unknown = Array.isArray(messages) ? messages.at(-1) : undefined;
  return isRecord(first) && typeof first['type'] === 'string' && 'content' in first
    ? readState(value)
    : undefined;
}

function readState({ messages }: UnknownRecord): StreamedStep[] {
  const all = Array.isArray(messages) ? messages.filter(isRecord) : [];
  const asked = all.findLastIndex((message) => isHuman(message));
  return all.slice(asked + 1).flatMap(readMessage);
}

/** A piece of a message, or a whole one of a node that does not stream, and the node that it comes from. */
function readTuple([message, metadata]: unknown[]): StreamedStep[] {
  if (!isRecord(message)) return [];
  const node = isRecord(metadata) ? stringOf(metadata['langgraph_node']) : undefined;
  const steps = beginStep(node);
  if (stringOf(message['type'])?.endsWith('Chunk') !== true) return [...steps, ...readMessage(message)];
  const text = textOfValue(message['content'], '') ?? '';
  return [...steps, ...thoughtsOf(message), ...callsOf(message), pieceStep(message, text), finishOf(message)];
}

function pieceStep({ id }: UnknownRecord, text: string): StreamedStep {
  return { type: 'text', text, message: stringOf(id) };
}

function readUpdate(node: string, update: unknown): StreamedStep[] {
  const messages = isRecord(update) ? update['messages'] : undefined;
  const said = Array.isArray(messages) ? messages : isRecord(messages) ? [messages] : [];
  return [...beginStep(node), ...said.filter(isRecord).flatMap(readMessage), { type: 'finish', key: node }];
}

function beginStep(node: string | undefined): StreamedStep[] {
  return node === undefined || node.startsWith('__') ? [] : [{ type: 'begin', key: node, name: node }];
}

/** A message so far. */
function readMessage(message: UnknownRecord): StreamedStep[] {
  const { type, role, tool_call_id: callId, content, status } = message;
  if (isHuman(message) || type === 'system') return [];
  if (type === 'tool' || type === 'ToolMessage' || role === 'tool') {
    const call = stringOf(callId) ?? '';
    const output = content ?? null;
    return [
      status === 'error'
        ? toolStep({ call, name: stringOf(message['name']), error: textOfValue(content) ?? 'failed' })
        : toolStep({ call, name: stringOf(message['name']), output }),
    ];
  }
  return [...thoughtsOf(message), ...callsOf(message), messageStep(message), finishOf(message)];
}

function messageStep({ id, content }: UnknownRecord): StreamedStep {
  return { type: 'message', message: stringOf(id) ?? '', text: textOfValue(content, '') ?? '' };
}

function isOfModel({ type }: UnknownRecord): boolean {
  return typeof type !== 'string' || type.startsWith('ai') || type.startsWith('AI');
}

function isHuman({ type, role }: UnknownRecord): boolean {
  return type === 'human' || type === 'HumanMessage' || role === 'user';
}

function thoughtsOf({ content, additional_kwargs: more }: UnknownRecord): StreamedStep[] {
  const blocks = Array.isArray(content) ? content.filter(isRecord) : [];
  const thoughts = blocks.map(({ thinking, reasoning }) => reasoningStep(thinking ?? reasoning));
  return isRecord(more) ? [...thoughts, reasoningStep(more['reasoning_content'])] : thoughts;
}

function callsOf({ tool_calls: calls, tool_call_chunks: chunks }: UnknownRecord): StreamedStep[] {
  if (Array.isArray(chunks) && chunks.length > 0) {
    return chunks.filter(isRecord).map((chunk) =>
      toolStep({
        call: stringOf(chunk['id']) ?? '',
        place: `call ${typeof chunk['index'] === 'number' ? chunk['index'] : 0}`,
        name: stringOf(chunk['name']) || undefined,
        inputText: stringOf(chunk['args']),
      }),
    );
  }
  const whole = Array.isArray(calls) ? calls.filter(isRecord) : [];
  return whole.map((call) =>
    toolStep({ call: stringOf(call['id']) ?? '', name: stringOf(call['name']), input: call['args'] ?? {} }),
  );
}

function finishOf({ response_metadata: metadata }: UnknownRecord): StreamedStep {
  return isRecord(metadata) ? finishStep(metadata['finish_reason'] ?? metadata['stop_reason']) : nothing;
}
