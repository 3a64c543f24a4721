import { findAgent, insertChat, newId, type ChatRow, type UserWithTeam } from '@parley/db';
import type { z } from 'zod';
import { agentInactive, agentNotFound } from '../errors.ts';
import type { Services } from '../services.ts';
import type { createChatInput } from './chat.schema.ts';

const DEFAULT_TITLE = 'New chat';

/** @throws DomainError AGENT_NOT_FOUND, AGENT_INACTIVE */
export async function createChat(
  { db }: Services,
  user: UserWithTeam,
  input: z.output<typeof createChatInput>,
): Promise<ChatRow> {
  const agent = await findAgent(db, { teamId: user.teamId, id: input.agentId });
  if (agent === undefined) throw agentNotFound();
  if (!agent.isActive) throw agentInactive();
  return insertChat(db, {
    team_id: user.teamId,
    id: newId(),
    user_id: user.id,
    agent_id: agent.id,
    title: input.title ?? DEFAULT_TITLE,
  });
}
