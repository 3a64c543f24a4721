// What is posted to a webhook. `sessionId`, `chatInput` and `action` let an unmodified n8n Chat Trigger work;
// the rest is Parley's own.

import type { AgentRequest } from './agent-request.ts';

export function webhookBody(request: AgentRequest): string {
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
