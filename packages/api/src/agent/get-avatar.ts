import { avatars, type AvatarRow, type UserWithTeam } from '@parley/db';
import { z } from 'zod';
import { DomainError } from '../errors.ts';
import { idInput } from '../schema/id-schema.ts';
import type { Services } from '../services.ts';
import { authedProcedure } from '../trpc.ts';

export const avatarFileOutput = z.object({
  contentType: z.string(),
  etag: z.string(),
  bytes: z.custom<Uint8Array>((value) => value instanceof Uint8Array),
});

export const getAvatarProcedure = authedProcedure
  .meta({
    rest: {
      route: 'GET /api/agents/{id}/avatar',
      summary: "An agent's picture",
      errors: ['AVATAR_NOT_FOUND'],
    },
  })
  .input(idInput)
  .output(avatarFileOutput)
  .query(({ ctx, input }) => getAvatar(ctx, ctx.user, input));

/** @throws DomainError AVATAR_NOT_FOUND, for an agent of another team as for one without a picture */
async function getAvatar(
  { db }: Pick<Services, 'db'>,
  { teamId }: Pick<UserWithTeam, 'teamId'>,
  { id }: { id: string },
): Promise<AvatarRow> {
  const avatar = await avatars.find(db, { teamId, agentId: id });
  if (avatar === undefined)
    throw new DomainError('AVATAR_NOT_FOUND', 'There is no picture of such an agent.');
  return avatar;
}
