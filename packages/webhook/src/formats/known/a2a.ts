// A2A, the protocol between agents: the results of message/send and message/stream in JSON-RPC. Version 1.0 names the kind of a
// result by its only field. Source: https://a2a-protocol.org/latest/specification/

import { isRecord, textOfValue, type UnknownRecord } from '../../text-of-value.ts';
import { readError } from '../../reported-error.ts';
import { errorStep, nothing, stringOf, type StreamedStep, type StreamedSteps } from './streamed-step.ts';

export function readA2aResult(value: UnknownRecord): StreamedSteps | undefined {
  const { jsonrpc, error, result } = value;
  if (typeof jsonrpc !== 'string') return undefined;
  if (isRecord(error)) return { type: 'error', error: readError(error) };
  if (!isRecord(result)) return undefined;
  const { kind, task, message, statusUpdate, artifactUpdate } = result;
  if (kind === 'task' || isRecord(task)) return readTask(isRecord(task) ? task : result);
  if (kind === 'message' || isRecord(message)) return messageStep(isRecord(message) ? message : result);
  if (kind === 'status-update' || isRecord(statusUpdate))
    return readStatus((isRecord(statusUpdate) ? statusUpdate : result)['status']);
  if (kind === 'artifact-update' || isRecord(artifactUpdate))
    return readArtifact(isRecord(artifactUpdate) ? artifactUpdate : result);
  return undefined;
}

function readTask({ artifacts, status }: UnknownRecord): StreamedSteps {
  const texts = Array.isArray(artifacts) ? artifacts.filter(isRecord) : [];
  return [...texts.map((artifact) => messageStep(artifact)), ...[readStatus(status)].flat()];
}

/** The message of a task in progress says what the agent does; at the end or in between, it says what the user should read. */
function readStatus(status: unknown): StreamedSteps {
  if (!isRecord(status)) return nothing;
  const { state, message } = status;
  const text = isRecord(message) ? textOf(message) : '';
  switch (
    stringOf(state)
      ?.toLowerCase()
      .replace(/^task_state_/, '')
      .replaceAll('_', '-')
  ) {
    case 'failed':
    case 'rejected':
    case 'canceled':
    case 'cancelled':
      return errorStep(text === '' ? 'the task did not complete' : text);
    case 'completed':
      return { type: 'whole', text, isEnd: false };
    case 'input-required':
    case 'auth-required':
      return isRecord(message) ? messageStep(message) : nothing;
    default:
      return text === '' ? nothing : { type: 'status', description: text };
  }
}

function readArtifact({ artifact, append }: UnknownRecord): StreamedStep {
  if (!isRecord(artifact)) return nothing;
  const step = messageStep(artifact);
  return append === true && step.type === 'message' ? { ...step, type: 'text' } : step;
}

function messageStep(holder: UnknownRecord): StreamedStep {
  const id = holder['artifactId'] ?? holder['messageId'];
  return { type: 'message', message: stringOf(id) ?? '', text: textOf(holder) };
}

function textOf({ parts }: UnknownRecord): string {
  return textOfValue(parts, '') ?? '';
}
