// AG-UI, the protocol between agents and user interfaces. Source: https://docs.ag-ui.com/concepts/events and the EventType of
// @ag-ui/core

import { isRecord, textOfValue, type UnknownRecord } from '../../text-of-value.ts';
import {
  errorStep,
  nothing,
  reasoningStep,
  stringOf,
  textStep,
  toolStep,
  type StreamedSteps,
} from './streamed-step.ts';

const EVENTS =
  /^(?:RUN|STEP|TEXT_MESSAGE|TOOL_CALL|STATE|MESSAGES|ACTIVITY|THINKING|REASONING)_[A-Z_]+$|^(?:RAW|CUSTOM)$/;

export function readAgUiEvent(event: UnknownRecord): StreamedSteps | undefined {
  const { type, delta, messageId } = event;
  if (typeof type !== 'string' || !EVENTS.test(type)) return undefined;
  switch (type) {
    case 'TEXT_MESSAGE_CONTENT':
    case 'TEXT_MESSAGE_CHUNK':
      return textStep(delta, messageId);
    case 'THINKING_TEXT_MESSAGE_CONTENT':
    case 'REASONING_MESSAGE_CONTENT':
    case 'REASONING_MESSAGE_CHUNK':
      return reasoningStep(delta);
    case 'STEP_STARTED':
    case 'STEP_FINISHED':
      return readStep(type, event['stepName']);
    case 'MESSAGES_SNAPSHOT':
      return { type: 'whole', text: textOfLast(event['messages']), isEnd: false };
    case 'RUN_ERROR':
      return errorStep(event['message'], event['code']);
    case 'RUN_FINISHED':
      return { type: 'end' };
    default:
      return readToolCall(type, event);
  }
}

function readStep(type: string, name: unknown): StreamedSteps {
  if (typeof name !== 'string') return nothing;
  if (type === 'STEP_FINISHED') return { type: 'finish', key: name };
  return [
    { type: 'status', description: name },
    { type: 'begin', key: name, name },
  ];
}

function readToolCall(type: string, event: UnknownRecord): StreamedSteps {
  const { toolCallId, toolCallName, delta, content } = event;
  const call = stringOf(toolCallId) ?? '';
  const name = stringOf(toolCallName);
  switch (type) {
    case 'TOOL_CALL_START':
      return [{ type: 'status', description: name ?? '' }, toolStep({ call, name }), { type: 'segment' }];
    case 'TOOL_CALL_ARGS':
    case 'TOOL_CALL_CHUNK':
      return toolStep({ call, name, inputText: stringOf(delta) });
    case 'TOOL_CALL_END':
      return toolStep({ call, isComplete: true });
    case 'TOOL_CALL_RESULT':
      return toolStep({ call, output: content ?? null });
    default:
      return nothing;
  }
}

function textOfLast(messages: unknown): string {
  const last: unknown = Array.isArray(messages) ? messages.at(-1) : undefined;
  return isRecord(last) && last['role'] === 'assistant' ? (textOfValue(last['content'], '') ?? '') : '';
}
