// Gemini's generateContent and streamGenerateContent, and the simplified output of n8n's Gemini node, which is one candidate.
// Source: https://ai.google.dev/api/generate-content

import { isRecord, type UnknownRecord } from '../../text-of-value.ts';
import {
  errorStep,
  finishStep,
  nothing,
  reasoningStep,
  sourceStep,
  stringOf,
  textStep,
  toolStep,
  type StreamedStep,
  type StreamedSteps,
} from './streamed-step.ts';

export function readGeminiChunk(value: UnknownRecord): StreamedSteps | undefined {
  const { candidates, promptFeedback, content } = value;
  if (isRecord(promptFeedback) && typeof promptFeedback['blockReason'] === 'string') {
    return errorStep(`the prompt was blocked: ${promptFeedback['blockReason']}`, 'content_filter');
  }
  if (Array.isArray(candidates)) {
    const candidate: unknown = candidates.find((one) => isRecord(one) && (one['index'] ?? 0) === 0);
    return isRecord(candidate) ? readCandidate(candidate) : nothing;
  }
  return isRecord(content) && Array.isArray(content['parts']) ? readCandidate(value) : undefined;
}

function readCandidate({ content, finishReason, groundingMetadata }: UnknownRecord): StreamedStep[] {
  const parts = isRecord(content) && Array.isArray(content['parts']) ? content['parts'] : [];
  return [
    ...parts.filter(isRecord).flatMap(readPart),
    ...sourcesOf(groundingMetadata),
    finishStep(finishReason),
  ];
}

function readPart({ text, thought, functionCall, functionResponse }: UnknownRecord): StreamedStep[] {
  if (isRecord(functionCall)) {
    const name = stringOf(functionCall['name']);
    const call = stringOf(functionCall['id']) ?? '';
    return [toolStep({ call, place: name, name, input: functionCall['args'] ?? {} }), { type: 'segment' }];
  }
  if (isRecord(functionResponse)) {
    return [
      toolStep({
        call: stringOf(functionResponse['id']) ?? '',
        output: functionResponse['response'] ?? null,
      }),
    ];
  }
  return [thought === true ? reasoningStep(text) : textStep(text)];
}

function sourcesOf(grounding: unknown): StreamedStep[] {
  const chunks = isRecord(grounding) ? grounding['groundingChunks'] : undefined;
  if (!Array.isArray(chunks)) return [];
  return chunks.flatMap((chunk) => {
    const web = isRecord(chunk) ? (chunk['web'] ?? chunk['retrievedContext']) : undefined;
    return isRecord(web) ? sourceStep(web['uri'], web['title'], web['text']) : [];
  });
}
