// The effect of one streamed event on the answer, in the same terms for every agent.

import type { ToolUpdate } from '../../answer-parts.ts';
import type { NoticePart } from '../../answer-part.ts';
import type { ReportedError } from '../../reported-error.ts';

export type StreamedStep =
  /** A piece of text to append. A piece of another message than the piece before starts a new segment. */
  | { type: 'text'; text: string; message?: string | undefined }
  /** The text of a message so far. Some agents repeat it with every piece, or at the message's end. */
  | { type: 'message'; message: string; text: string }
  /** Starts a new segment of text. */
  | { type: 'segment' }
  /** Starts a step, which may be withdrawn. */
  | { type: 'step' }
  /** Withdraws the text since the last step. */
  | { type: 'withdraw' }
  /** Replaces the whole text. */
  | { type: 'replace'; text: string }
  /** The whole text, for streams that sent no text before. */
  | { type: 'whole'; text: string; isEnd: boolean }
  | { type: 'status'; description: string }
  | { type: 'reasoning'; text: string }
  | { type: 'tool'; tool: ToolUpdate }
  /** A step of a workflow. */
  | { type: 'begin'; key: string; name: string }
  | { type: 'finish'; key: string }
  | { type: 'source'; url?: string | undefined; title?: string | undefined; snippet?: string | undefined }
  | { type: 'notice'; reason: NoticePart['reason'] }
  | { type: 'error'; error: ReportedError }
  /** The answer is complete. */
  | { type: 'end' }
  /** A known event that is not part of the answer. */
  | { type: 'nothing' };

/** One step or several, in order. */
export type StreamedSteps = StreamedStep | readonly StreamedStep[];

export const nothing: StreamedStep = { type: 'nothing' };

export function textStep(text: unknown, message?: unknown): StreamedStep {
  if (typeof text !== 'string') return nothing;
  return typeof message === 'string' ? { type: 'text', text, message } : { type: 'text', text };
}

export function reasoningStep(text: unknown): StreamedStep {
  return typeof text === 'string' ? { type: 'reasoning', text } : nothing;
}

export function toolStep(tool: ToolUpdate): StreamedStep {
  return { type: 'tool', tool };
}

export function sourceStep(url: unknown, title: unknown, snippet?: unknown): StreamedStep {
  return { type: 'source', url: stringOf(url), title: stringOf(title), snippet: stringOf(snippet) };
}

export function errorStep(message: unknown, code: unknown = ''): StreamedStep {
  return { type: 'error', error: { message: stringOf(message) ?? '', code: stringOf(code) ?? '' } };
}

export function stringOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

const FINISH_NOTICES: Readonly<Record<string, NoticePart['reason']>> = {
  length: 'truncated',
  max_tokens: 'truncated',
  MAX_TOKENS: 'truncated',
  max_output_tokens: 'truncated',
  model_context_window_exceeded: 'truncated',
  content_filter: 'filtered',
  'content-filter': 'filtered',
  refusal: 'filtered',
  SAFETY: 'filtered',
  RECITATION: 'filtered',
  BLOCKLIST: 'filtered',
  PROHIBITED_CONTENT: 'filtered',
  SPII: 'filtered',
};

/** Why a model stopped, in the words of several providers. */
export function finishStep(reason: unknown): StreamedStep {
  const notice =
    typeof reason === 'string' && Object.hasOwn(FINISH_NOTICES, reason) ? FINISH_NOTICES[reason] : undefined;
  return notice === undefined ? nothing : { type: 'notice', reason: notice };
}
