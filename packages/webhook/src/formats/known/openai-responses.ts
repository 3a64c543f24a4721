// OpenAI's Responses API: events named `response.*`. The deltas of text are the answer; the `done` events repeat it.
// Source: https://platform.openai.com/docs/api-reference/responses-streaming

import { isRecord, textOfValue } from '../../text-of-value.ts';
import { errorStep, nothing, textStep, type ReadStep } from './streamed-step.ts';

export const readOpenAiResponseEvent: ReadStep = (event) => {
  const { type, delta, item, response } = event;
  if (typeof type !== 'string' || !type.startsWith('response.')) return undefined;
  switch (type) {
    case 'response.output_text.delta':
    case 'response.refusal.delta':
      return textStep(delta);
    case 'response.output_item.added':
      return isRecord(item) && item['type'] === 'message' ? { type: 'block' } : nothing;
    case 'response.failed': {
      const error = isRecord(response) ? response['error'] : undefined;
      return errorStep(isRecord(error) ? error['message'] : undefined);
    }
    // `incomplete`: the model reached its token limit. The text so far is the answer.
    case 'response.incomplete':
    case 'response.completed':
      return { type: 'whole', text: textOfValue(response) ?? '', isEnd: true };
    default:
      return nothing;
  }
};
