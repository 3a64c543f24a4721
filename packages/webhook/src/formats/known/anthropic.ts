// Anthropic's Messages API, streamed and whole. Source: https://docs.anthropic.com/en/docs/build-with-claude/streaming

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

export function readAnthropicEvent(event: UnknownRecord): StreamedSteps | undefined {
  const { type, index, delta, content_block: block, message } = event;
  const place = `block ${typeof index === 'number' ? index : 0}`;
  switch (type) {
    case 'message_start':
      return isRecord(message) ? [{ type: 'segment' }, ...readContent(message['content'])] : undefined;
    case 'content_block_start':
      return isRecord(block) ? readBlock(block, place) : undefined;
    case 'content_block_delta':
      return isRecord(delta) ? readDelta(delta, place) : undefined;
    case 'content_block_stop':
      return toolStep({ call: '', place, isComplete: true });
    case 'message_delta':
      return isRecord(delta) ? finishStep(delta['stop_reason']) : undefined;
    case 'message_stop':
      return nothing;
    case 'ping':
      return textOfValue(event) === undefined ? nothing : undefined;
    default:
      return undefined;
  }
}

/** A message that is not streamed. */
export function readAnthropicMessage(value: UnknownRecord): StreamedSteps | undefined {
  const { type, role, content, stop_reason: reason } = value;
  if (type !== 'message' || role !== 'assistant' || !Array.isArray(content)) return undefined;
  return [...readContent(content), finishStep(reason)];
}

function readContent(content: unknown): StreamedStep[] {
  return Array.isArray(content) ? content.filter(isRecord).flatMap((block) => readBlock(block)) : [];
}

/** @param place the block's place in a stream, in which the rest of it follows */
function readBlock(block: UnknownRecord, place?: string): StreamedStep[] {
  const { type, id, name, input, text, thinking, tool_use_id: callId, content } = block;
  switch (type) {
    case 'text':
      return [textStep(text), ...citationsOf(block['citations'])];
    case 'thinking':
      return [reasoningStep(thinking), { type: 'segment' }];
    case 'tool_use':
    case 'server_tool_use':
    case 'mcp_tool_use': {
      const tool = { call: stringOf(id) ?? '', place, name: stringOf(name) };
      return [
        { type: 'status', description: stringOf(name) ?? '' },
        toolStep(place === undefined ? { ...tool, input } : tool),
        { type: 'segment' },
      ];
    }
    default:
      return typeof callId === 'string'
        ? [toolStep({ call: callId, output: content ?? null }), { type: 'segment' }]
        : [];
  }
}

function readDelta(delta: UnknownRecord, place: string): StreamedSteps {
  switch (delta['type']) {
    case 'text_delta':
      return textStep(delta['text']);
    case 'thinking_delta':
      return reasoningStep(delta['thinking']);
    case 'input_json_delta':
      return toolStep({ call: '', place, inputText: stringOf(delta['partial_json']) });
    case 'citations_delta':
      return citationsOf([delta['citation']]);
    default:
      return nothing;
  }
}

function citationsOf(citations: unknown): StreamedStep[] {
  if (!Array.isArray(citations)) return [];
  return citations
    .filter(isRecord)
    .map((cited) => sourceStep(cited['url'], cited['title'] ?? cited['document_title'], cited['cited_text']));
}
