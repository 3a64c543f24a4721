// Parses plain text, which n8n declares as text/html.

import { withoutText } from '../failures/answer-failures.ts';
import { ModelText } from '../model-text.ts';
import type { AnswerContext, FormatParser } from './format-parser.ts';

export function createPlainTextParser({ answer, parts }: AnswerContext): FormatParser {
  const words = new ModelText(answer, parts);
  return {
    push: (text) => words.append(text),
    end: () => {
      words.end();
      if (answer.isEmpty) throw withoutText(parts);
    },
    cut: () => words.end(),
  };
}
