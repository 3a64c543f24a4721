// Dify: chat, completion and workflow apps in streaming mode, and workflow apps in blocking mode.
// Source: https://docs.dify.ai/en/api-reference/guides/streaming

import { isRecord, textOfValue, type UnknownRecord } from '../../text-of-value.ts';
import {
  errorStep,
  nothing,
  sourceStep,
  stringOf,
  textStep,
  toolStep,
  type StreamedStep,
  type StreamedSteps,
} from './streamed-step.ts';

const NOT_TEXT =
  /^(?:ping|message_file|agent_log|tts_message(?:_end)?|(?:workflow|node|iteration|loop|parallel_branch|human_input)_\w+)$/;

export function readDifyEvent(message: UnknownRecord): StreamedSteps | undefined {
  const { event, answer, data, metadata } = message;
  if (typeof event !== 'string') return undefined;
  const details = isRecord(data) ? data : {};
  switch (event) {
    case 'message':
    case 'agent_message':
      if (typeof answer !== 'string') return undefined;
      // A whole answer has its sources with it.
      return metadata === undefined ? textStep(answer) : [textStep(answer), ...sourcesOf(metadata)];
    case 'message_end':
      return sourcesOf(metadata);
    case 'agent_thought':
      return toolOf(message);
    case 'message_replace':
      return typeof answer === 'string' ? { type: 'replace', text: answer } : undefined;
    case 'text_chunk':
      return textStep(details['text']);
    case 'text_replace':
      return { type: 'replace', text: typeof details['text'] === 'string' ? details['text'] : '' };
    case 'error':
      return 'data' in message ? undefined : errorStep(message['message'], message['code']);
    case 'node_started':
      return typeof details['title'] === 'string'
        ? [
            { type: 'status', description: details['title'] },
            { type: 'begin', key: keyOf(details), name: details['title'] },
          ]
        : nothing;
    case 'node_finished':
      return { type: 'finish', key: keyOf(details) };
    case 'workflow_finished':
      return readWorkflowEnd(details);
    default:
      return NOT_TEXT.test(event) ? nothing : undefined;
  }
}

function keyOf({ id, node_id: nodeId }: UnknownRecord): string {
  return stringOf(id) ?? stringOf(nodeId) ?? '';
}

/** The thought itself is also sent as text. */
function toolOf({ id, tool, tool_input: input, observation }: UnknownRecord): StreamedStep {
  if (typeof tool !== 'string' || tool === '') return nothing;
  const isInput = typeof input === 'string' && input !== '';
  return toolStep({
    call: `thought ${stringOf(id) ?? ''}`,
    name: tool,
    inputText: isInput ? input : undefined,
    isComplete: isInput,
    output: observation === '' ? undefined : observation,
  });
}

function sourcesOf(metadata: unknown): StreamedStep[] {
  const resources = isRecord(metadata) ? metadata['retriever_resources'] : undefined;
  if (!Array.isArray(resources)) return [];
  return resources
    .filter(isRecord)
    .map((found) => sourceStep(undefined, found['document_name'] ?? found['dataset_name'], found['content']));
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
