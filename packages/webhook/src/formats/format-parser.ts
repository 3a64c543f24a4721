// What a format has to do. One file a format; `parse-answer.ts` chooses among them.

import type { AgentLimits } from '../agent-limits.ts';
import type { AnswerText } from '../answer-text.ts';

/** What a format works with. */
export interface AnswerContext {
  /** Where its text goes. */
  answer: AnswerText;
  limits: AgentLimits;
  /** Makes an agent's error text fit for an admin's eyes. */
  quote: (text: string) => string;
}

/** A synchronous machine. Whatever it throws is an AgentError, and what was appended before stays. */
export interface FormatParser {
  /** Takes the next piece of the body; how the body was split must make no difference. */
  push(text: string): void;
  /** The body is complete: throws if it was no answer. */
  end(): void;
  /** The body broke off: hands over text it still holds; throws only if it knows a better reason than that. */
  cut(): void;
  /** The answer is complete, although the body has not ended. */
  readonly isDone?: boolean;
  /** Where the format alone does not tell how the agent answers. */
  readonly mode?: 'n8n-stream' | 'json-lines' | undefined;
  /** Set while the answer has probably failed: how long to wait for it to go on or end, in ms. */
  readonly graceMs?: number | undefined;
}
