// The HTTP request to an agent: its address, headers and body.

import { credentialHeaders } from './agent-credentials.ts';
import type { AgentRequest } from './agent-request.ts';
import { isBlockedPort, parseAgentUrl } from './agent-url.ts';
import { blockedPort } from './failures/blocked-url.ts';
import { openAiBody, openAiUrl } from './openai-request.ts';
import { signatureHeaders } from './sign-request.ts';

export interface WireRequest {
  url: URL;
  headers: Record<string, string>;
  body: string;
}

/** @throws AgentError if the agent's settings do not allow a request */
export function wireRequest(request: AgentRequest): WireRequest {
  const url = parseAgentUrl(request.url);
  const isOpenAi = request.protocol === 'openai';
  const body = isOpenAi ? openAiBody(request) : webhookBody(request);
  const headers = headersOf(request, body);
  if (isBlockedPort(url)) throw blockedPort();
  return { url: isOpenAi ? openAiUrl(url) : url, headers, body };
}

/** The body of Parley's own request. `sessionId`, `chatInput` and `action` are for n8n's Chat Trigger. */
function webhookBody(request: AgentRequest): string {
  const { user } = request;
  return JSON.stringify({
    messages: request.messages.map(({ role, content, timestamp }) => ({ role, content, timestamp })),
    system_prompt: request.systemPrompt,
    config: request.config,
    action: 'sendMessage',
    sessionId: request.chatId,
    chatInput: request.chatInput ?? request.messages.at(-1)?.content ?? '',
    chat_id: request.chatId,
    run_id: request.runId,
    agent_id: request.agentId,
    user: { id: user.id, email: user.email, display_name: user.displayName, role: user.role },
  });
}

function headersOf(request: AgentRequest, body: string): Record<string, string> {
  const { signingSecret, runId, traceparent } = request;
  return {
    'content-type': 'application/json',
    accept: 'text/event-stream, application/x-ndjson, application/json, text/plain;q=0.9, */*;q=0.5',
    // Compression of one token at a time costs more than it saves. Compressed answers are decoded nevertheless.
    'accept-encoding': 'identity',
    'user-agent': 'Parley',
    'idempotency-key': runId,
    traceparent: traceparentOf(traceparent, runId),
    ...credentialHeaders(request),
    ...(signingSecret ? signatureHeaders(signingSecret, { id: runId, body }) : {}),
  };
}

// Source: https://www.w3.org/TR/trace-context/#traceparent-header
const TRACEPARENT =
  /^(?!ff)[\da-f]{2}-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-[\da-f]{2}(?:-[\x21-\x7e]*)?$/;
const MAX_TRACEPARENT_CHARS = 256;

/** The caller's trace context if it is valid; otherwise a new one whose trace id is the run's id, so that traces can be found by run. */
function traceparentOf(given: string | undefined, runId: string): string {
  if (given !== undefined && given.length <= MAX_TRACEPARENT_CHARS && TRACEPARENT.test(given)) return given;
  const traceId = runId.replaceAll('-', '').toLowerCase();
  const made = `00-${traceId}-${traceId.slice(-16)}-01`;
  // Run ids are UUIDs. Any other id gets a constant, valid trace.
  return TRACEPARENT.test(made) ? made : `00-${'0'.repeat(31)}1-${'0'.repeat(15)}1-00`;
}
