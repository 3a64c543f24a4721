// Parses the text of n8n's Respond to Webhook node. It is what a model wrote, so a page is text, and so is JSON without an answer.

import { frameTooLarge, returnedItsInput, withoutText } from '../failures/answer-failures.ts';
import { JsonReader } from '../json-reader.ts';
import { ModelText } from '../model-text.ts';
import { errorOfValue } from '../reported-error.ts';
import { textAtPath, textOfValue } from '../text-of-value.ts';
import type { AnswerContext, FormatParser } from './format-parser.ts';
import { isEcho, readJsonAnswer } from './json-answer.ts';

export function createN8nTextParser(context: AnswerContext): FormatParser {
  const { answer, parts, limits } = context;
  const words = new ModelText(answer, parts);
  let json: JsonText | undefined;
  let isStarted = false;

  const finish = () => {
    const value = json?.reader.end();
    if (isEcho(value)) throw returnedItsInput();
    if (hasAnswer(value, context)) readJsonAnswer(value, context);
    else words.append(json?.pieces.join('') ?? '');
    words.end();
  };
  return {
    push: (text) => {
      if (!isStarted && /^[[{]/.test(text)) json = { reader: new JsonReader(), pieces: [], chars: 0 };
      isStarted = true;
      if (json === undefined) {
        words.append(text);
        return;
      }
      json.pieces.push(text);
      json.chars += text.length;
      if (json.chars > limits.maxFrameChars) throw frameTooLarge();
      json.reader.write(text);
    },
    end: () => {
      finish();
      if (answer.isEmpty) throw withoutText(parts);
    },
    cut: () => {
      if (json === undefined) words.end();
    },
  };
}

interface JsonText {
  reader: JsonReader;
  pieces: string[];
  chars: number;
}

function hasAnswer(value: unknown, { answerField }: AnswerContext): boolean {
  if (typeof value !== 'object' || value === null || errorOfValue(value) !== undefined) return false;
  const text = answerField === undefined ? textOfValue(value) : textAtPath(value, answerField);
  return text !== undefined && text !== '';
}
