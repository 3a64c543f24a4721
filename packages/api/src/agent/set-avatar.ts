import { createHash } from 'node:crypto';
import { agents, avatars } from '@parley/db';
import { z } from 'zod';
import { recordAudit } from '../audit/record-audit.ts';
import type { Authentication } from '../auth/credential.ts';
import { lockAdmin } from '../auth/lock-actor.ts';
import { agentNotFound } from '../errors.ts';
import { idSchema } from '../schema/id-schema.ts';
import type { Services } from '../services.ts';
import { agentsProcedure } from '../trpc.ts';
import { avatarUrlOf } from './agent-access.ts';
import { avatarOutput, type AvatarOutput } from './agent.schema.ts';
import { AVATAR_CONTENT_TYPE, encodeAvatar, MAX_AVATAR_BYTES } from './encode-avatar.ts';

/** The bytes that a form adds around the file: boundaries, headers and the id. */
const FORM_OVERHEAD_BYTES = 16_384;

/** A form with `id` and the file `avatar`, because JSON cannot carry bytes. */
const setAvatarInput = z
  .instanceof(FormData)
  .transform((form) => ({ id: form.get('id'), avatar: form.get('avatar') }))
  .pipe(z.object({ id: idSchema, avatar: z.instanceof(File, { error: 'must be a file' }) }));

export const setAvatarProcedure = agentsProcedure
  .meta({
    rest: {
      route: 'POST /api/agents/{id}/avatar',
      summary: "Set an agent's picture",
      description:
        'Send a form with the file `avatar`: a PNG, JPEG or WebP of at most 2 MB. It is stored as a WebP of 256x256.',
      errors: ['AGENT_NOT_FOUND', 'INVALID_AVATAR', 'AVATAR_TOO_LARGE', 'SERVER_BUSY'],
      body: {
        type: 'multipart',
        file: 'avatar',
        mediaTypes: ['image/png', 'image/jpeg', 'image/webp'],
        maxBytes: MAX_AVATAR_BYTES + FORM_OVERHEAD_BYTES,
      },
    },
  })
  .input(setAvatarInput)
  .output(avatarOutput)
  .mutation(({ ctx, input }) => setAvatar(ctx, input));

/** @throws DomainError AGENT_NOT_FOUND, INVALID_AVATAR, AVATAR_TOO_LARGE, SERVER_BUSY */
async function setAvatar(
  ctx: Pick<Services, 'db'> & Authentication,
  { id, avatar }: z.output<typeof setAvatarInput>,
): Promise<AvatarOutput> {
  const { db } = ctx;
  const { teamId, id: actorId } = ctx.user;
  // Decoding is expensive, so check the agent first.
  if ((await agents.find(db, { teamId, id })) === undefined) throw agentNotFound();
  const bytes = await encodeAvatar(new Uint8Array(await avatar.arrayBuffer()));
  const etag = createHash('sha256').update(bytes).digest('base64url').slice(0, 22);
  await db.transaction().execute(async (trx) => {
    await lockAdmin(trx, ctx);
    if ((await agents.lock(trx, { teamId, id })) === undefined) throw agentNotFound();
    await avatars.upsert(trx, { teamId, agentId: id, contentType: AVATAR_CONTENT_TYPE, bytes, etag });
    await recordAudit(trx, { teamId, actorId, action: 'agent.setAvatar', targetId: id });
  });
  return { id, avatarUrl: avatarUrlOf({ id, avatarEtag: etag }) };
}
