// Parses plain text, which n8n declares as text/html.

import { emptyAnswer } from '../failures/answer-failures.ts';
import type { AnswerContext, FormatParser } from './format-parser.ts';

export function createPlainTextParser({ answer }: AnswerContext): FormatParser {
  return {
    push: (text) => answer.append(text),
    end: () => {
      if (answer.isEmpty) throw emptyAnswer();
    },
    cut: () => {},
  };
}
