// LangServe: the data of `/stream` may be JSON strings; `/stream_log` and `/stream_events` wrap the same chunks in objects.
// Source: https://github.com/langchain-ai/langserve#endpoints

import { parseJson } from '../../json-reader.ts';
import { isRecord, textOfValue, type UnknownRecord } from '../../text-of-value.ts';
import { nothing, stringOf, textStep, toolStep, type StreamedSteps } from './streamed-step.ts';

export function readLangServeEvent(value: UnknownRecord): StreamedSteps | undefined {
  const { event, data, ops, run_id: run } = value;
  if (typeof event === 'string' && event.startsWith('on_')) {
    if (!isRecord(data)) return nothing;
    switch (event) {
      case 'on_chat_model_stream':
      case 'on_llm_stream':
        return textStep(textOfValue(data['chunk'], ''), run);
      case 'on_tool_start':
        return toolStep({
          call: stringOf(run) ?? '',
          name: stringOf(value['name']),
          input: data['input'] ?? {},
        });
      case 'on_tool_end':
        return toolStep({ call: stringOf(run) ?? '', output: outputOf(data['output']) });
      default:
        return nothing;
    }
  }
  if (!Array.isArray(ops)) return undefined;
  const pieces = ops.map((op: unknown) =>
    isRecord(op) && op['path'] === '/streamed_output/-' ? (textOfValue(op['value'], '') ?? '') : '',
  );
  return textStep(pieces.join(''));
}

function outputOf(output: unknown): unknown {
  return isRecord(output) && 'content' in output ? output['content'] : (output ?? null);
}

/** The text of a data event of `/stream` whose data is a JSON string. */
export function readLangServeText(eventName: string | undefined, data: string): string | undefined {
  if (eventName !== 'data' || !/^\s*"/.test(data)) return undefined;
  const value = parseJson(data);
  return typeof value === 'string' ? value : undefined;
}
