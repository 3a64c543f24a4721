import { invites, newId } from '@parley/db';
import { z } from 'zod';
import { recordAudit } from '../audit/record-audit.ts';
import { roleSchema } from '../auth/auth.schema.ts';
import { createSecretToken } from '../secrets/secret-token.ts';
import type { Services } from '../services.ts';
import { adminProcedure } from '../trpc.ts';
import { toInviteOutput } from './invite-output.ts';
import { describeActor, lockTeamActor, type TeamActor } from './team-actor.ts';
import { inviteOutput, type InviteOutput } from './team.schema.ts';

const MAX_INVITE_HOURS = 30 * 24;
const DEFAULT_INVITE_HOURS = 7 * 24;

export const createInviteInput = z
  .object({
    /** Role granted when the invite is accepted. */
    role: roleSchema.default('user'),
    expiresInHours: z.int().min(1).max(MAX_INVITE_HOURS).default(DEFAULT_INVITE_HOURS),
  })
  .prefault({});

/** This is the only output that contains the `token`: `auth.register` takes it as `inviteToken`. */
const createdInviteOutput = inviteOutput.extend({ token: z.string().regex(/^invite_[\w-]{22}$/) });

export const createInviteProcedure = adminProcedure
  .meta({
    rest: {
      route: 'POST /api/team/invites',
      summary: 'Create an invite',
      description:
        'Only this response contains the token: `POST /api/auth/register` takes it as `invite_token`.',
      status: 201,
    },
  })
  .input(createInviteInput)
  .output(createdInviteOutput)
  .mutation(({ ctx, input }) => createInvite(ctx, ctx, input));

const TOKEN_BYTES = 16;
const HOUR_MS = 60 * 60 * 1000;

/** Creates an invite for one person. Only the hash of its token is stored. */
export async function createInvite(
  { db }: Pick<Services, 'db'>,
  actor: TeamActor,
  { role, expiresInHours }: z.output<typeof createInviteInput>,
): Promise<InviteOutput & { token: string }> {
  const { token, hash } = createSecretToken('invite_', TOKEN_BYTES);
  const id = newId();
  const { teamId, actorId } = describeActor(actor);
  const invite = await db.transaction().execute(async (trx) => {
    await lockTeamActor(trx, actor);
    const inserted = await invites.insert(trx, {
      teamId,
      id,
      tokenHash: hash,
      role,
      createdBy: actorId,
      expiresAt: new Date(Date.now() + expiresInHours * HOUR_MS).toISOString(),
    });
    await recordAudit(trx, {
      teamId,
      actorId,
      action: 'team.createInvite',
      targetId: id,
      details: { role, expiresAt: inserted.expiresAt },
    });
    return inserted;
  });
  return { ...toInviteOutput(invite), token };
}
