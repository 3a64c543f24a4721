// Reads one JSON value as a whole answer, and recognizes values that only show how the workflow is set up.

import {
  answersByChatNodes,
  emptyAnswer,
  noAnswerField,
  returnedItsInput,
  startedOnly,
  unknownShape,
  withoutText,
} from '../failures/answer-failures.ts';
import { reportedFailure } from '../failures/reported-failure.ts';
import { errorOfValue } from '../reported-error.ts';
import type { AgentError } from '../agent-error.ts';
import { fieldsOf, isBesideText, isRecord, textAtPath, textOfValue } from '../text-of-value.ts';
import type { AnswerContext } from './format-parser.ts';
import { readBesideText } from './known/beside-text.ts';
import { readKnownAnswer } from './known/read-known.ts';
import type { StreamedSteps } from './known/streamed-step.ts';
import { StreamedText } from './streamed-text.ts';

// n8n's messages for a workflow that returns nothing, each as {"message": ...} without other fields.
const STARTED = 'Workflow was started';
const NO_DATA = /^Workflow executed successfully(?: but .*)?\.?$/;
const FAILED = 'Error in workflow';

/** Reads the text of `value`, and what it has beside it. @throws AgentError if it has no text */
export function readJsonAnswer(value: unknown, context: AnswerContext): void {
  const { answer, parts, answerField, quote } = context;
  checkN8nNotice(value);
  const words = new StreamedText(context);
  if (answerField === undefined) for (const steps of knownAnswers(value)) words.take(steps);
  if (answer.isEmpty) {
    const error = errorOfValue(value);
    if (error !== undefined) throw reportedFailure(error, quote);
    const items = (Array.isArray(value) ? value : [value]).filter(isRecord);
    for (const item of items) words.take(readBesideText(item));
    const text = answerField === undefined ? textOfValue(value) : textAtPath(value, answerField);
    if (text === undefined) throw withoutText(parts, failureOf(value, context));
    words.append(text);
    if (Array.isArray(value) && answerField === undefined) noticeUnread(value, context);
  }
  words.end();
}

/** Gemini streams an array of chunks, unless it is asked for events. */
function knownAnswers(value: unknown): StreamedSteps[] {
  const items = Array.isArray(value) ? value.filter(isRecord) : [];
  const isChunks = items.length > 0 && items.every((item) => 'candidates' in item);
  const values = isRecord(value) ? [value] : isChunks ? items : [];
  return values.flatMap((item) => {
    const steps = readKnownAnswer(item);
    return steps === undefined ? [] : [steps];
  });
}

/** Why a value has no text. */
export function failureOf(value: unknown, { answerField, quote }: AnswerContext): AgentError {
  if (isEcho(value)) return returnedItsInput();
  // Read once: an answer may have so many fields that listing them takes a while.
  const fields = quote(fieldsOf(value));
  const isEmpty = isRecord(value) && fields === '' && !isRecord(value['json']);
  if (value === null || isEmpty) return emptyAnswer();
  return answerField === undefined ? unknownShape(fields) : noAnswerField(quote(answerField), fields);
}

/** Says that some items of several are not shown. */
function noticeUnread(items: readonly unknown[], { parts }: AnswerContext): void {
  const unread = items.filter((item) => !isBesideText(item) && textOfValue(item) === undefined).length;
  if (unread === 0 || unread === items.length) return;
  parts.notice(
    'truncated',
    `${unread} of the ${items.length} items of this answer had no text, and ${unread === 1 ? 'is' : 'are'} not shown.`,
  );
}

function checkN8nNotice(value: unknown): void {
  if (!isRecord(value)) return;
  if (value['executionStarted'] === true) throw answersByChatNodes();
  if (typeof value['formWaitingUrl'] === 'string') throw startedOnly();
  const { message } = value;
  if (typeof message !== 'string' || Object.keys(value).length !== 1) return;
  if (message === STARTED) throw startedOnly();
  if (message === FAILED) throw reportedFailure({ message: '', code: '' }, String);
  if (NO_DATA.test(message)) throw emptyAnswer();
}

/** Whether the value is the output of a Webhook or Chat Trigger node, which is the request, headers and token included. */
export function isEcho(value: unknown): boolean {
  const first: unknown = Array.isArray(value) ? value[0] : value;
  if (!isRecord(first)) return false;
  const item = isRecord(first['json']) ? first['json'] : first;
  const isWebhook = isRecord(item['headers']) && 'body' in item;
  return isWebhook || ('chatInput' in item && 'sessionId' in item);
}
