// What goes over the wire to an agent. `sessionId`, `chatInput` and `action` let an unmodified n8n Chat Trigger work;
// the rest is Parley's own.

import { AgentError } from './agent-error.ts';
import type { AgentRequest } from './agent-request.ts';

export function agentRequestBody(request: AgentRequest): string {
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

/** @throws AgentError if the token cannot be sent. */
export function agentRequestHeaders(request: AgentRequest): Record<string, string> {
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    accept: 'text/event-stream, application/x-ndjson, application/json, text/plain;q=0.9, */*;q=0.5',
    // A token at a time, compression costs more than it saves on both sides. An answer that comes compressed is still read.
    'accept-encoding': 'identity',
    'user-agent': 'Parley',
    'idempotency-key': request.runId,
  };
  if (request.token) {
    if (!HEADER_VALUE.test(request.token)) {
      throw new AgentError(
        'AGENT_MISCONFIGURED',
        'The agent is not set up correctly.',
        'The stored webhook token holds characters that cannot be sent in a header, such as a line break. Store it again.',
      );
    }
    headers['authorization'] = `Bearer ${request.token}`;
  }
  if (request.traceparent !== undefined && HEADER_VALUE.test(request.traceparent)) {
    headers['traceparent'] = request.traceparent;
  }
  return headers;
}
