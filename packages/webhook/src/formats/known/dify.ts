// Dify: chat, completion and workflow apps in streaming mode, and workflow apps in blocking mode.
// Source: https://docs.dify.ai/en/api-reference/guides/streaming

import { isRecord, textOfValue, type UnknownRecord } from '../../text-of-value.ts';
import { errorStep, nothing, textStep, type StreamedStep } from './streamed-step.ts';

const NOT_TEXT =
  /^(?:ping|message_end|message_file|agent_thought|agent_log|tts_message(?:_end)?|(?:workflow|node|iteration|loop|parallel_branch|human_input)_\w+)$/;

export function readDifyEvent(message: UnknownRecord): StreamedStep | undefined {
  const { event, answer, data } = message;
  if (typeof event !== 'string') return undefined;
  const details = isRecord(data) ? data : {};
  switch (event) {
    case 'message':
    case 'agent_message':
      return typeof answer === 'string' ? textStep(answer) : undefined;
    case 'message_replace':
      return typeof answer === 'string' ? { type: 'replace', text: answer } : undefined;
    case 'text_chunk':
      return textStep(details['text']);
    case 'text_replace':
      return { type: 'replace', text: typeof details['text'] === 'string' ? details['text'] : '' };
    case 'error':
      return 'data' in message ? undefined : errorStep(message['message']);
    case 'node_started':
      return typeof details['title'] === 'string'
        ? { type: 'status', description: details['title'] }
        : nothing;
    case 'workflow_finished':
      return readWorkflowEnd(details);
    default:
      return NOT_TEXT.test(event) ? nothing : undefined;
  }
}

/** Reads the answer of a workflow app in blocking mode: `{ workflow_run_id, data: { status, outputs, error } }`. */
export function readDifyWorkflow(value: UnknownRecord): StreamedStep | undefined {
  const { workflow_run_id: runId, data } = value;
  return typeof runId === 'string' && isRecord(data) ? readWorkflowEnd(data) : undefined;
}

/** The workflow's author chooses the names of the outputs, so a single output counts as the text. */
function readWorkflowEnd({ status, outputs, error }: UnknownRecord): StreamedStep {
  if (status === 'failed' || status === 'stopped') return errorStep(error);
  if (!isRecord(outputs)) return nothing;
  const values = Object.values(outputs);
  const only = values.length === 1 && typeof values[0] === 'string' ? values[0] : undefined;
  return { type: 'whole', text: textOfValue(outputs) ?? only ?? '', isEnd: false };
}
