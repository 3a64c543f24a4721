// Reads one JSON value as a whole answer, and recognizes values that only show how the workflow is set up.

import {
  emptyAnswer,
  reportedError,
  returnedItsInput,
  startedOnly,
  unknownShape,
} from '../failures/answer-failures.ts';
import { errorOfValue, isRecord, textOfValue } from '../text-of-value.ts';
import type { AnswerContext } from './format-parser.ts';
import { readDifyWorkflow } from './known/dify.ts';

// n8n's messages for a workflow that returns nothing, each as {"message": ...} without other fields.
const STARTED = 'Workflow was started';
const NO_DATA = /^Workflow executed successfully(?: but .*)?\.?$/;
const FAILED = 'Error in workflow';

/** Appends the text of `value`. @throws AgentError if it has no text */
export function readJsonAnswer(value: unknown, { answer, quote }: AnswerContext): void {
  checkN8nNotice(value);
  const error = errorOfValue(value);
  if (error !== undefined) throw reportedError(quote(error));
  const workflow = isRecord(value) ? readDifyWorkflow(value) : undefined;
  if (workflow?.type === 'error') throw reportedError(quote(workflow.message));
  const text = workflow?.type === 'whole' ? workflow.text : textOfValue(value);
  if (text?.trim()) {
    answer.append(text);
    return;
  }
  if (isEcho(value)) throw returnedItsInput();
  throw text === undefined && value !== null && !isEmptyObject(value) ? unknownShape() : emptyAnswer();
}

function checkN8nNotice(value: unknown): void {
  if (!isRecord(value)) return;
  if (value['executionStarted'] === true || typeof value['formWaitingUrl'] === 'string') throw startedOnly();
  const { message } = value;
  if (typeof message !== 'string' || Object.keys(value).length !== 1) return;
  if (message === STARTED) throw startedOnly();
  if (message === FAILED) throw reportedError('');
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

function isEmptyObject(value: unknown): boolean {
  return isRecord(value) && Object.keys(value).length === 0;
}
