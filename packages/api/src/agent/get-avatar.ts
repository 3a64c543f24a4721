import { avatars, type AvatarRow, type UserWithTeam } from '@parley/db';
import { DomainError } from '../errors.ts';
import { bytesOutput } from '../schema/file-schema.ts';
import { idInput } from '../schema/id-schema.ts';
import type { Services } from '../services.ts';
import { readProcedure } from '../trpc.ts';
import { AVATAR_CONTENT_TYPE } from './encode-avatar.ts';

export const getAvatarProcedure = readProcedure
  .meta({
    rest: {
      route: 'GET /api/agents/{id}/avatar',
      summary: "Get an agent's picture",
      errors: ['AVATAR_NOT_FOUND'],
      response: {
        type: 'bytes',
        mediaType: AVATAR_CONTENT_TYPE,
        fileName: 'avatar.webp',
        description: 'The picture, with an `ETag`.',
      },
    },
  })
  .input(idInput)
  .output(bytesOutput)
  .query(({ ctx, input }) => getAvatar(ctx, ctx.user, input));

/** @throws DomainError AVATAR_NOT_FOUND, also for an agent of another team */
async function getAvatar(
  { db }: Pick<Services, 'db'>,
  { teamId }: Pick<UserWithTeam, 'teamId'>,
  { id }: { id: string },
): Promise<AvatarRow> {
  const avatar = await avatars.find(db, { teamId, agentId: id });
  if (avatar === undefined)
    throw new DomainError('AVATAR_NOT_FOUND', 'There is no such agent in this team, or it has no picture.');
  return avatar;
}
