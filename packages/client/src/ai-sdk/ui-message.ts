import type { DynamicToolUIPart, UIMessage } from 'ai';
import type { AnswerPart } from '@parley/api';
import type { Message } from '../router-types.ts';

export interface ParleyMetadata {
  /** ISO 8601. */
  createdAt?: string;
  status?: Message['status'];
  runId?: string | null;
  /** Why the answer failed. */
  error?: Message['error'];
}

// The AI SDK wants an index signature, which an interface has not.
// oxlint-disable-next-line typescript/consistent-type-definitions
export type ParleyDataParts = {
  /** A node of the agent's workflow. */
  step: { name: string; startedAt: string; endedAt?: string };
  /** The answer was cut short. */
  notice: { reason: Extract<AnswerPart, { type: 'notice' }>['reason']; message: string };
  /** The agent's current activity, in `onData` only; null: it is over. */
  status: { description: string | null };
};

export type ParleyUIMessage = UIMessage<ParleyMetadata, ParleyDataParts>;
export type ParleyUIPart = ParleyUIMessage['parts'][number];

/** A saved message for the initial `messages` of `useChat`. */
export function toUIMessage(message: Message): ParleyUIMessage {
  const { id, role, content, parts, timestamp, status, runId, error } = message;
  return {
    id,
    role,
    metadata: { createdAt: timestamp, status, runId, error },
    parts: parts.length > 0 ? parts.map(toUIPart) : content === '' ? [] : [{ type: 'text', text: content }],
  };
}

export function toUIPart(part: AnswerPart): ParleyUIPart {
  const { id } = part;
  switch (part.type) {
    case 'text':
      return { type: 'text', text: part.text, state: 'done' };
    case 'reasoning':
      return { type: 'reasoning', id, text: part.text, state: 'done' };
    case 'tool':
      return toToolPart(part);
    case 'step':
      return { type: 'data-step', id, data: toStep(part) };
    case 'source':
      return part.url === undefined
        ? { type: 'source-document', sourceId: id, mediaType: 'text/plain', title: part.title }
        : { type: 'source-url', sourceId: id, url: part.url, title: part.title };
    case 'notice':
      return { type: 'data-notice', id, data: { reason: part.reason, message: part.message } };
  }
}

export function toStep({
  name,
  startedAt,
  endedAt,
}: Extract<AnswerPart, { type: 'step' }>): ParleyDataParts['step'] {
  return { name, startedAt, ...(endedAt === undefined ? {} : { endedAt }) };
}

function toToolPart(part: Extract<AnswerPart, { type: 'tool' }>): DynamicToolUIPart {
  const { id, name, state, input, output, error } = part;
  const tool = { type: 'dynamic-tool', toolName: name, toolCallId: id, providerExecuted: true } as const;
  switch (state) {
    case 'input':
      return { ...tool, state: 'input-streaming', input };
    case 'running':
      return { ...tool, state: 'input-available', input };
    case 'output':
      return { ...tool, state: 'output-available', input, output };
    case 'error':
      return { ...tool, state: 'output-error', input, errorText: error ?? 'The tool failed.' };
  }
}
