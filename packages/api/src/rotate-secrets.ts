import { encryptedColumns, listSecretsToRotate, replaceSecret, type DB } from '@parley/db';
import type { Kysely } from 'kysely';
import type { SecretBox } from './secret-box.ts';

const BATCH_ROWS = 100;

/**
 * Seals every stored secret with the first key that is not sealed with it yet; after that the other keys can go. Servers
 * may go on running, if they have all the keys: a secret that somebody changes meanwhile stays as it was changed. It may
 * be stopped and begun again at any time.
 * @param onProgress told after each batch how many were sealed so far
 * @throws Error where a secret can be opened with none of the keys; what was done before stays done
 */
export async function rotateSecrets(
  db: Kysely<DB>,
  box: SecretBox,
  onProgress: (rotated: number) => void = () => undefined,
): Promise<{ rotated: number }> {
  let rotated = 0;
  for (const column of encryptedColumns) {
    let after: { teamId: string; id: string } | undefined;
    do {
      const batch = await listSecretsToRotate(db, column, { prefix: box.prefix, after, limit: BATCH_ROWS });
      for (const { teamId, id, sealed } of batch) {
        const resealed = box.seal(box.open(sealed));
        if (await replaceSecret(db, column, { teamId, id, from: sealed, to: resealed })) rotated += 1;
      }
      after = batch.at(-1);
      if (batch.length > 0) onProgress(rotated);
    } while (after !== undefined);
  }
  return { rotated };
}
