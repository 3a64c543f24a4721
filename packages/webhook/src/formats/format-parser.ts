// The interface of a format's parser. Each format has its own file; `parse-answer.ts` chooses among them.

import type { AgentLimits } from '../agent-limits.ts';
import type { AnswerParts } from '../answer-parts.ts';
import type { AnswerText } from '../answer-text.ts';

export interface AnswerContext {
  /** Receives the text. */
  answer: AnswerText;
  /** Receives everything beside the text. */
  parts: AnswerParts;
  /** The path of the text in a JSON answer; undefined: the usual fields. */
  answerField: string | undefined;
  /** The names of the n8n nodes whose text is the answer; empty: all nodes. */
  answerNodes: ReadonlySet<string>;
  limits: AgentLimits;
  /** Shortens and redacts an agent's error text for an admin. */
  quote: (text: string) => string;
}

/** A synchronous parser. It throws only AgentErrors, and text that was appended before an error stays. */
export interface FormatParser {
  /** Reads the next piece of the body. The result must not depend on how the body is split. */
  push(text: string): void;
  /** Called when the body is complete. Throws if it was not an answer. */
  end(): void;
  /** Called when the body ended early. Appends text that was held back; throws only if it knows a more precise error. */
  cut(): void;
  /** Whether the answer is complete although the body has not ended. */
  readonly isDone?: boolean;
  /** The mode of answering, if it is more specific than the format. */
  readonly mode?: 'n8n-stream' | 'json-lines' | undefined;
  /** Set while the answer has probably failed: the time to wait until it continues or ends, in ms. */
  readonly graceMs?: number | undefined;
}
