import { forTeam, secrets, teams, type DB, type EncryptedColumn } from '@parley/db';
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
  for await (const { teamDb, teamId, column, secrets: rows } of batchesToRotate(db, box)) {
    for (const { id, sealed } of rows) {
      const resealed = box.seal(box.open(sealed));
      const change = { teamId, column, id, from: sealed, to: resealed };
      if (await secrets.replace(teamDb, change)) rotated += 1;
    }
    onProgress(rotated);
  }
  return { rotated };
}

/** What `rotateSecrets` would find: how many it would seal anew, and how many no key opens. */
export async function checkSecrets(
  db: Kysely<DB>,
  box: SecretBox,
): Promise<{ toRotate: number; unreadable: number }> {
  let toRotate = 0;
  let unreadable = 0;
  for await (const { secrets: rows } of batchesToRotate(db, box)) {
    for (const { sealed } of rows) {
      if (canOpen(box, sealed)) toRotate += 1;
      else unreadable += 1;
    }
  }
  return { toRotate, unreadable };
}

function canOpen(box: SecretBox, sealed: Uint8Array): boolean {
  try {
    box.open(sealed);
    return true;
  } catch {
    return false;
  }
}

interface Batch {
  teamDb: Kysely<DB>;
  teamId: string;
  column: EncryptedColumn;
  secrets: { id: string; sealed: Uint8Array }[];
}

/** Each secret once that is not sealed with the first key, whether it is changed meanwhile or not. */
async function* batchesToRotate(db: Kysely<DB>, box: SecretBox): AsyncGenerator<Batch> {
  let afterId: string | undefined;
  do {
    const teamIds = await teams.listIds(db, { afterId, limit: BATCH_TEAMS });
    for (const teamId of teamIds) {
      for (const column of secrets.encryptedColumns)
        yield* batchesOfTeam(forTeam(db, teamId), box, teamId, column);
    }
    afterId = teamIds.at(-1);
  } while (afterId !== undefined);
}

async function* batchesOfTeam(
  teamDb: Kysely<DB>,
  box: SecretBox,
  teamId: string,
  column: EncryptedColumn,
): AsyncGenerator<Batch> {
  let afterId: string | undefined;
  do {
    const page = { prefix: box.prefix, afterId, limit: BATCH_SECRETS };
    const rows = await secrets.listToRotate(teamDb, { teamId, column }, page);
    if (rows.length > 0) yield { teamDb, teamId, column, secrets: rows };
    afterId = rows.at(-1)?.id;
  } while (afterId !== undefined);
}
