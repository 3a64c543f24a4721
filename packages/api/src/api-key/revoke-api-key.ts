import { apiKeys, type ApiKeyRow, type UserWithTeam } from '@parley/db';
import { recordAudit } from '../audit/record-audit.ts';
import { DomainError } from '../errors.ts';
import { idInput } from '../schema/id-schema.ts';
import type { Services } from '../services.ts';
import { sessionProcedure } from '../trpc.ts';
import { apiKeyOutput } from './api-key.schema.ts';

export const revokeApiKeyProcedure = sessionProcedure
  .meta({
    rest: {
      route: 'DELETE /api/api-keys/{id}',
      summary: 'Revoke an API key',
      errors: ['API_KEY_NOT_FOUND'],
    },
  })
  .input(idInput)
  .output(apiKeyOutput)
  .mutation(({ ctx, input }) => revokeApiKey(ctx, ctx.user, input));

/**
 * Revokes a key at once. Revoking it again changes nothing.
 * @throws DomainError API_KEY_NOT_FOUND, also for another user's key
 */
async function revokeApiKey(
  { db }: Services,
  user: UserWithTeam,
  { id }: { id: string },
): Promise<ApiKeyRow> {
  return db.transaction().execute(async (trx) => {
    const key = await apiKeys.revoke(trx, { teamId: user.teamId, userId: user.id, id });
    if (key === undefined) throw new DomainError('API_KEY_NOT_FOUND', 'You have no such API key.');
    await recordAudit(trx, {
      teamId: user.teamId,
      actorId: user.id,
      action: 'apiKey.revoke',
      targetId: id,
      details: { name: key.name },
    });
    return key;
  });
}
