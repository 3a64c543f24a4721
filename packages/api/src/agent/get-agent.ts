import { findAgent, findAvatar, type AvatarRow, type UserWithTeam } from '@parley/db';
import { agentNotFound, DomainError } from '../errors.ts';
import type { Services } from '../services.ts';
import { toAgentOutput } from './agent-access.ts';
import type { AgentOutput } from './agent.schema.ts';

/** With its picture as a data URL. @throws DomainError AGENT_NOT_FOUND */
export async function getAgent(
  { db }: Pick<Services, 'db'>,
  user: UserWithTeam,
  { id }: { id: string },
): Promise<AgentOutput & { avatar: string | null }> {
  const { teamId } = user;
  const agent = await findAgent(db, { teamId, id });
  if (agent === undefined) throw agentNotFound();
  const picture = agent.avatarEtag === null ? undefined : await findAvatar(db, { teamId, agentId: id });
  const avatar =
    picture === undefined
      ? null
      : `data:${picture.contentType};base64,${Buffer.from(picture.bytes).toString('base64')}`;
  return { ...toAgentOutput(agent, user), avatar };
}

/** @throws DomainError AVATAR_NOT_FOUND, for an agent of another team as for one without a picture */
export async function getAvatar(
  { db }: Pick<Services, 'db'>,
  { teamId }: Pick<UserWithTeam, 'teamId'>,
  { id }: { id: string },
): Promise<AvatarRow> {
  const avatar = await findAvatar(db, { teamId, agentId: id });
  if (avatar === undefined)
    throw new DomainError('AVATAR_NOT_FOUND', 'There is no picture of such an agent.');
  return avatar;
}
