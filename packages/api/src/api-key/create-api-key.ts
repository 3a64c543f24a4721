import { insertApiKey, newId, type ApiKeyRow, type UserWithTeam } from '@parley/db';
import type { z } from 'zod';
import { recordAudit } from '../audit/record-audit.ts';
import { createSecretToken } from '../secrets/secret-token.ts';
import type { Services } from '../services.ts';
import type { createApiKeyInput } from './api-key.schema.ts';

const KEY_BYTES = 32;

/** Makes a key that calls as its user, with the user's role of the moment. Only its hash is kept. */
export async function createApiKey(
  { db }: Services,
  user: UserWithTeam,
  { name, expiresAt }: z.output<typeof createApiKeyInput>,
): Promise<ApiKeyRow & { key: string }> {
  const { token: key, hash } = createSecretToken('parley_', KEY_BYTES);
  const id = newId();
  const row = await db.transaction().execute(async (trx) => {
    const inserted = await insertApiKey(trx, {
      team_id: user.teamId,
      id,
      user_id: user.id,
      name,
      key_hash: hash,
      expires_at: expiresAt ?? null,
    });
    await recordAudit(trx, {
      teamId: user.teamId,
      actorId: user.id,
      action: 'apiKey.create',
      targetId: id,
      details: { name, expiresAt: inserted.expiresAt },
    });
    return inserted;
  });
  return { ...row, key };
}
