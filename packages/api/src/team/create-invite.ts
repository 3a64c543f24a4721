import { insertInvite, newId } from '@parley/db';
import type { z } from 'zod';
import { recordAudit } from '../audit/record-audit.ts';
import { createSecretToken } from '../secrets/secret-token.ts';
import type { Services } from '../services.ts';
import { toInviteOutput } from './invite-output.ts';
import type { TeamActor } from './team-actor.ts';
import type { createInviteInput, InviteOutput } from './team.schema.ts';

const TOKEN_BYTES = 16;
const HOUR_MS = 60 * 60 * 1000;

/** Makes an invite for one person. Only the hash of its token is kept. */
export async function createInvite(
  { db }: Pick<Services, 'db'>,
  user: TeamActor,
  { role, expiresInHours }: z.output<typeof createInviteInput>,
): Promise<InviteOutput & { token: string }> {
  const { token, hash } = createSecretToken('invite_', TOKEN_BYTES);
  const id = newId();
  const invite = await db.transaction().execute(async (trx) => {
    const inserted = await insertInvite(trx, {
      team_id: user.teamId,
      id,
      token_hash: hash,
      role,
      created_by: user.id,
      expires_at: new Date(Date.now() + expiresInHours * HOUR_MS).toISOString(),
    });
    await recordAudit(trx, {
      teamId: user.teamId,
      actorId: user.id,
      action: 'team.createInvite',
      targetId: id,
      details: { role, expiresAt: inserted.expiresAt },
    });
    return inserted;
  });
  return { ...toInviteOutput(invite), token };
}
