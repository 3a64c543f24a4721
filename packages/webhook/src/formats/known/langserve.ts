// LangServe: the data of `/stream` may be JSON strings; `/stream_log` and `/stream_events` wrap the same chunks in objects.
// Source: https://github.com/langchain-ai/langserve#endpoints

import { parseJson } from '../../json-reader.ts';
import { isRecord, textOfValue, type UnknownRecord } from '../../text-of-value.ts';
import { nothing, textStep, type StreamedStep } from './streamed-step.ts';

export function readLangServeEvent(value: UnknownRecord): StreamedStep | undefined {
  const { event, data, ops } = value;
  if (typeof event === 'string' && event.startsWith('on_')) {
    const isOfModel = event === 'on_chat_model_stream' || event === 'on_llm_stream';
    return isOfModel && isRecord(data) ? textStep(textOfValue(data['chunk'], '')) : nothing;
  }
  if (!Array.isArray(ops)) return undefined;
  const pieces = ops.map((op: unknown) =>
    isRecord(op) && op['path'] === '/streamed_output/-' ? (textOfValue(op['value'], '') ?? '') : '',
  );
  return textStep(pieces.join(''));
}

/** The text of a data event of `/stream` whose data is a JSON string. */
export function readLangServeText(eventName: string | undefined, data: string): string | undefined {
  if (eventName !== 'data' || !/^\s*"/.test(data)) return undefined;
  const value = parseJson(data);
  return typeof value === 'string' ? value : undefined;
}
