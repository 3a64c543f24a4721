// Recognizes the values of the agents whose protocols are known, by their shape.

import type { UnknownRecord } from '../../text-of-value.ts';
import { readA2aResult } from './a2a.ts';
import { readAgUiEvent } from './ag-ui.ts';
import { readAiSdkChunk } from './ai-sdk.ts';
import { readAnthropicEvent, readAnthropicMessage } from './anthropic.ts';
import { readDifyEvent, readDifyWorkflow } from './dify.ts';
import { readFlowiseEvent } from './flowise.ts';
import { readGeminiChunk } from './gemini.ts';
import { readLangflowAnswer, readLangflowEvent } from './langflow.ts';
import { readLangGraphState } from './langgraph.ts';
import { readLangServeEvent } from './langserve.ts';
import { readMastraChunk } from './mastra.ts';
import { readOllamaLine } from './ollama.ts';
import { readOpenAiCompletion } from './openai-chat.ts';
import { readOpenAiResponse, readOpenAiResponseEvent } from './openai-responses.ts';
import type { StreamedSteps } from './streamed-step.ts';

/** @returns undefined for a value of another agent */
export function readKnownEvent(value: UnknownRecord): StreamedSteps | undefined {
  if ('choices' in value) return readOpenAiCompletion(value);
  if (typeof value['type'] === 'string') {
    return (
      readOpenAiResponseEvent(value) ??
      readAgUiEvent(value) ??
      readAnthropicEvent(value) ??
      readMastraChunk(value) ??
      readAiSdkChunk(value)
    );
  }
  if (typeof value['event'] === 'string') {
    return (
      readLangflowEvent(value) ?? readFlowiseEvent(value) ?? readDifyEvent(value) ?? readLangServeEvent(value)
    );
  }
  if ('done' in value) return readOllamaLine(value);
  if ('ops' in value) return readLangServeEvent(value);
  if ('jsonrpc' in value) return readA2aResult(value);
  if ('candidates' in value || 'promptFeedback' in value || typeof value['content'] === 'object')
    return readGeminiChunk(value);
  return undefined;
}

/** Reads a value that is a whole answer. @returns undefined for a value of another agent */
export function readKnownAnswer(value: UnknownRecord): StreamedSteps | undefined {
  return (
    readOpenAiResponse(value) ??
    readAnthropicMessage(value) ??
    readDifyWorkflow(value) ??
    readLangflowAnswer(value) ??
    readLangGraphState(value) ??
    readKnownEvent(value)
  );
}
