import {
  encryptedColumns,
  forTeam,
  listSecretsToRotate,
  listTeamIds,
  replaceSecret,
  type DB,
  type EncryptedColumn,
} from '@parley/db';
import type { Kysely } from 'kysely';
import type { SecretBox } from './secret-box.ts';

const BATCH_SECRETS = 100;
const BATCH_TEAMS = 1000;

/**
 * Seals every stored secret with the first key that is not sealed with it yet; after that the other keys can go. Servers
 * may go on running, if they have all the keys: a secret that somebody changes meanwhile stays as it was changed. It may
 * be stopped and begun again at any time.
 * @param db what `open()` gave
 * @param onProgress told after each batch how many were sealed so far
 * @throws Error where a secret can be opened with none of the keys; what was done before stays done
 */
export async function rotateSecrets(
  db: Kysely<DB>,
  box: SecretBox,
  onProgress: (rotated: number) => void = () => undefined,
): Promise<{ rotated: number }> {
  let rotated = 0;
  const addProgress = (count: number): void => onProgress((rotated += count));
  let afterId: string | undefined;
  do {
    const teamIds = await listTeamIds(db, { afterId, limit: BATCH_TEAMS });
    for (const teamId of teamIds) {
      for (const column of encryptedColumns) {
        await rotateColumn(forTeam(db, teamId), box, { teamId, column }, addProgress);
      }
    }
    afterId = teamIds.at(-1);
  } while (afterId !== undefined);
  return { rotated };
}

async function rotateColumn(
  db: Kysely<DB>,
  box: SecretBox,
  { teamId, column }: { teamId: string; column: EncryptedColumn },
  addProgress: (count: number) => void,
): Promise<void> {
  let afterId: string | undefined;
  do {
    const page = { prefix: box.prefix, afterId, limit: BATCH_SECRETS };
    const batch = await listSecretsToRotate(db, { teamId, column }, page);
    let count = 0;
    for (const { id, sealed } of batch) {
      const resealed = box.seal(box.open(sealed));
      if (await replaceSecret(db, { teamId, column, id, from: sealed, to: resealed })) count += 1;
    }
    afterId = batch.at(-1)?.id;
    if (batch.length > 0) addProgress(count);
  } while (afterId !== undefined);
}
