// The HTTP request to an agent: its address, headers and body.

import { AgentError } from './agent-error.ts';
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

/** @throws AgentError where the agent is set up such that nothing can be sent */
export function wireRequest(request: AgentRequest): WireRequest {
  const url = parseAgentUrl(request.url);
  const isOpenAi = request.protocol === 'openai';
  const body = isOpenAi ? openAiBody(request) : webhookBody(request);
  const headers = headersOf(request, body);
  if (isBlockedPort(url)) throw blockedPort();
  return { url: isOpenAi ? openAiUrl(url) : url, headers, body };
}

/**
 * Parley's own request. `sessionId`, `chatInput` and `action` are there for an unmodified n8n Chat Trigger.
 */
function webhookBody(request: AgentRequest): string {
  const { user } = request;
  return JSON.stringify({
    messages: request.messages.map(({ role, content, timestamp }) => ({ role, content, timestamp })),
    system_prompt: request.systemPrompt,
    config: request.config,
    action: 'sendMessage',
    sessionId: request.chatId,
    chatInput: request.messages.findLast((message) => message.role === 'user')?.content ?? '',
    chat_id: request.chatId,
    run_id: request.runId,
    agent_id: request.agentId,
    user: { id: user.id, email: user.email, display_name: user.displayName, role: user.role },
  });
}

// Tabs, printable ASCII and Latin-1: what an HTTP header can carry. Anything else would throw with the token in its message.
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]+$/;

function headersOf(request: AgentRequest, body: string): Record<string, string> {
  const { token, signingSecret, runId, traceparent } = request;
  if (token && !HEADER_VALUE.test(token)) {
    throw new AgentError(
      'AGENT_MISCONFIGURED',
      'The agent is not set up correctly.',
      'The stored webhook token holds characters that cannot be sent in a header, such as a line break. Store it again.',
    );
  }
  return {
    'content-type': 'application/json',
    accept: 'text/event-stream, application/x-ndjson, application/json, text/plain;q=0.9, */*;q=0.5',
    // A token at a time, compression costs more than it saves on both sides. An answer that comes compressed is still read.
    'accept-encoding': 'identity',
    'user-agent': 'Parley',
    'idempotency-key': runId,
    traceparent: traceparentOf(traceparent, runId),
    ...(token ? { authorization: `Bearer ${token}` } : {}),
    ...(signingSecret ? signatureHeaders(signingSecret, { id: runId, body }) : {}),
  };
}

// Source: https://www.w3.org/TR/trace-context/#traceparent-header
const TRACEPARENT =
  /^(?!ff)[\da-f]{2}-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-[\da-f]{2}(?:-[\x21-\x7e]*)?$/;
const MAX_TRACEPARENT_CHARS = 256;

/** A valid trace context of the caller, or else a new trace with the run's id, by which the agent's own tracing can be searched. */
function traceparentOf(given: string | undefined, runId: string): string {
  if (given !== undefined && given.length <= MAX_TRACEPARENT_CHARS && TRACEPARENT.test(given)) return given;
  const traceId = runId.replaceAll('-', '').toLowerCase();
  const made = `00-${traceId}-${traceId.slice(-16)}-01`;
  // Run ids are UUIDs. The trace of any other id is valid, but cannot be found by it.
  return TRACEPARENT.test(made) ? made : `00-${'0'.repeat(31)}1-${'0'.repeat(15)}1-00`;
}
