// What goes over the wire to an agent: where to, with which headers, and what.

import { AgentError } from './agent-error.ts';
import type { AgentRequest } from './agent-request.ts';
import { parseAgentUrl } from './agent-url.ts';
import { isBlockedPort } from './connect/is-blocked-port.ts';
import { blockedPort } from './failures/blocked-url.ts';
import { openAiBody, openAiUrl } from './openai-request.ts';
import { signatureHeaders } from './sign-request.ts';
import { traceparentOf } from './traceparent.ts';
import { webhookBody } from './webhook-body.ts';

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
