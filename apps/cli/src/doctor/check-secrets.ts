import { existsSync } from 'node:fs';
import path from 'node:path';
import { checkSecrets as countSecrets, createSecretBox } from '@parley/api';
import type { DB } from '@parley/db';
import type { Config } from '@parley/server/config';
import { keptSecrets } from '@parley/server/kept-secrets';
import type { Kysely } from 'kysely';
import type { Finding } from './finding.ts';

/** Checks that the configured keys decrypt the stored secrets. */
export async function checkSecrets(db: Kysely<DB>, config: Config): Promise<Finding> {
  const check = 'secrets';
  const keys = await findKeys(config);
  if (keys === undefined)
    return {
      check,
      level: 'skipped',
      message: 'There is no key yet: the first start of the server creates one.',
    };
  const { toRotate, unreadable } = await countSecrets(db, createSecretBox(keys));
  if (unreadable > 0) {
    const message = `${unreadable} stored webhook secrets are encrypted with a key that is not in ENCRYPTION_KEY. Add the key, or ask the agents' admins to enter the secrets again.`;
    return { check, level: 'problem', message };
  }
  if (toRotate > 0) {
    const message = `${toRotate} stored webhook secrets are encrypted with an older key. Run: parley rotate-key`;
    return { check, level: 'warning', message };
  }
  return { check, level: 'ok', message: 'All stored webhook secrets are encrypted with the first key.' };
}

/** Finds the keys as a start of the server does, but creates none. */
async function findKeys({ encryptionKeys, dataDir }: Config): Promise<readonly Uint8Array[] | undefined> {
  if (encryptionKeys !== undefined) return encryptionKeys;
  if (!existsSync(path.join(dataDir, 'secrets.json'))) return undefined;
  return [(await keptSecrets(dataDir)).encryptionKey];
}
