import { existsSync } from 'node:fs';
import path from 'node:path';
import { checkSecrets as countSecrets, createSecretBox } from '@parley/api';
import type { DB } from '@parley/db';
import type { Config } from '@parley/server/config';
import { keptSecrets } from '@parley/server/kept-secrets';
import type { Kysely } from 'kysely';
import type { Finding } from './finding.ts';

/** Whether the keys there are open the secrets there are. */
export async function checkSecrets(db: Kysely<DB>, config: Config): Promise<Finding> {
  const check = 'secrets';
  const keys = await findKeys(config);
  if (keys === undefined)
    return { check, level: 'skipped', message: 'There is no key yet: the first start makes one.' };
  const { toRotate, unreadable } = await countSecrets(db, createSecretBox(keys));
  if (unreadable > 0) {
    const message = `${unreadable} stored webhook secrets are sealed with a key that is not in ENCRYPTION_KEY. Add the key, or have the agents' admins enter them anew.`;
    return { check, level: 'problem', message };
  }
  if (toRotate > 0) {
    const message = `${toRotate} stored webhook secrets are sealed with an older key. Run: parley rotate-key`;
    return { check, level: 'warning', message };
  }
  return { check, level: 'ok', message: 'All stored webhook secrets are sealed with the first key.' };
}

/** As a start of the server finds them; but nothing is made here. */
async function findKeys({ encryptionKeys, dataDir }: Config): Promise<readonly Uint8Array[] | undefined> {
  if (encryptionKeys !== undefined) return encryptionKeys;
  if (!existsSync(path.join(dataDir, 'secrets.json'))) return undefined;
  return [(await keptSecrets(dataDir)).encryptionKey];
}
