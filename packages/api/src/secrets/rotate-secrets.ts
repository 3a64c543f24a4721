import { forTeam, secrets, teams, type DB, type EncryptedColumn } from '@parley/db';
import type { Kysely } from 'kysely';
import type { SecretBox } from './secret-box.ts';

const BATCH_SECRETS = 100;
const BATCH_TEAMS = 1000;

/**
 * Reseals every stored secret with the first key. Afterwards the other keys can be removed. Servers that have all keys can
 * keep running: a secret that changes meanwhile keeps its new value. The rotation can be interrupted and run again.
 * @param db the database from `open()`
 * @param onProgress receives the number of resealed secrets after each batch
 * @throws Error if no key opens a secret; earlier secrets stay resealed
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

/** Counts the secrets that `rotateSecrets` would reseal, and those that no key opens. */
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

/** Yields each secret that another key sealed exactly once, even if it changes meanwhile. */
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
