// Shared by sending a message and retrying an answer: the agent that answers, and the input of the run.
import type { AnswerState, SendRow, UserWithTeam } from '@parley/db';
import type { Refusal, StartedRun } from '@parley/runs';
import type { ContextRequest } from '../context.ts';
import { agentInactive, DomainError } from '../errors.ts';
import type { SendMessageOutput } from './chat.schema.ts';

// An answer takes seconds.
const RETRY_AFTER_S = 2;

/**
 * Gets the id of the agent that answers in a chat.
 * @throws DomainError AGENT_DELETED, AGENT_INACTIVE, RUN_ALREADY_ACTIVE
 */
export function getAnsweringAgent({ agentId, isAgentActive, hasActiveRun }: AnswerState): string {
  if (agentId === null) {
    throw new DomainError(
      'AGENT_DELETED',
      'The agent of this chat was deleted. Start a chat with another agent.',
    );
  }
  if (isAgentActive !== true) throw agentInactive();
  if (hasActiveRun) {
    throw new DomainError(
      'RUN_ALREADY_ACTIVE',
      'The agent is still answering in this chat. Wait for the answer, or stop it.',
    );
  }
  return agentId;
}

/** The error of a send or a retry that this instance refuses. */
export function refused(refusal: Refusal): DomainError {
  switch (refusal) {
    case 'closing':
      return new DomainError(
        'SHUTTING_DOWN',
        'This server is shutting down. Nothing was saved. Try again in a moment.',
      );
    case 'overloaded':
      return new DomainError(
        'OVERLOADED',
        'The server is overloaded. Nothing was saved. Try again in a few seconds.',
        { retryAfterSeconds: RETRY_AFTER_S },
      );
    case 'team-busy':
      return new DomainError(
        'TEAM_BUSY',
        'Your team has too many answers in progress. Nothing was saved. Try again when some of them are complete.',
        { retryAfterSeconds: RETRY_AFTER_S },
      );
  }
}

export function toStartedRun(
  { id: requestId, traceparent }: ContextRequest,
  { teamId, id, email, displayName, role }: UserWithTeam,
  agentId: string,
  { runId, chatId, assistantMessageId, seq: userMessageSeq }: SendRow,
): StartedRun {
  const user = { id, email, displayName, role };
  return { teamId, runId, chatId, agentId, assistantMessageId, userMessageSeq, user, requestId, traceparent };
}

export function toSendOutput(send: SendRow): SendMessageOutput {
  const { messageId: id, seq, content, timestamp, runId, assistantMessageId } = send;
  const saved = { id, seq, content, parts: [], timestamp, isSuperseded: false, runId: null, error: null };
  return { runId, userMessage: { ...saved, role: 'user', status: 'complete' }, assistantMessageId };
}
