import { createCipheriv, randomBytes } from 'node:crypto';
import { secrets, type DB } from '@parley/db';
import { sql, type Kysely } from 'kysely';
import { expect, test } from 'vitest';
import { checkSecrets, createSecretBox, rotateSecrets, type SecretBox } from '../src/index.ts';
import { createTestApi } from '../src/testing/index.ts';

const [oldKey, newKey] = [randomBytes(32), randomBytes(32)];
const oldBox = createSecretBox([oldKey]);
const newBox = createSecretBox([newKey]);
const bothKeys = createSecretBox([newKey, oldKey]);

/** Seals in the format of the first release. */
function sealAsVersion1(secret: string, key: Uint8Array): Uint8Array {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  const ciphertext = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
  return Buffer.concat([Uint8Array.of(1), nonce, cipher.getAuthTag(), ciphertext]);
}

test('only the key that sealed a secret opens it, alone or among others', () => {
  const sealed = oldBox.seal('gëheim');
  expect(bothKeys.open(sealed)).toBe('gëheim');
  expect(oldBox.open(sealed)).toBe('gëheim');
  expect(() => newBox.open(sealed)).toThrow('not in ENCRYPTION_KEY');
  const resealed = bothKeys.seal('gëheim');
  expect(newBox.open(resealed)).toBe('gëheim');
  expect(() => oldBox.open(resealed)).toThrow('not in ENCRYPTION_KEY');
});

test('a secret that the first release sealed still opens', () => {
  const sealed = sealAsVersion1('old', oldKey);
  expect(oldBox.open(sealed)).toBe('old');
  expect(bothKeys.open(sealed)).toBe('old');
  expect(() => newBox.open(sealed)).toThrow('not in ENCRYPTION_KEY');
});

test('sealing a secret twice gives different bytes, and any modified byte is detected', () => {
  const sealed = Buffer.from(oldBox.seal('secret'));
  expect(oldBox.seal('secret')).not.toEqual(sealed);
  for (let i = 0; i < sealed.length; i += 1) {
    const changed = Buffer.from(sealed);
    changed[i] = (changed[i] ?? 0) ^ 1;
    expect(() => oldBox.open(changed), `byte ${i}`).toThrow();
    expect(() => oldBox.open(sealed.subarray(0, i)), `cut at ${i}`).toThrow();
  }
});

async function plant(db: Kysely<DB>, teamId: string, tokens: (Uint8Array | null)[]): Promise<string[]> {
  const rows = tokens.map((token, i) => ({
    teamId,
    id: crypto.randomUUID(),
    name: `Agent ${i}`,
    webhookUrl: 'https://n8n.example.com/webhook/x',
    webhookTokenEncrypted: token,
    // Each agent has a second secret, which is rotated too.
    signingSecretEncrypted: token,
  }));
  await db.insertInto('agents').values(rows).execute();
  return rows.map((row) => row.id);
}

async function readTokens(db: Kysely<DB>, box: SecretBox, ids: string[]): Promise<(string | null)[]> {
  const rows = await db
    .selectFrom('agents')
    .select(['id', ...secrets.encryptedColumns])
    .execute();
  return ids.flatMap((id) => {
    const row = rows.find((agent) => agent.id === id);
    return secrets.encryptedColumns.map((column) => {
      const sealed = row?.[column] ?? null;
      return sealed === null ? null : box.open(sealed);
    });
  });
}

test('a rotation reseals every secret with the new key without changing it, and a second one has nothing to do', async () => {
  await using api = await createTestApi();
  const [one, two] = [await api.createTeam(), await api.createTeam()];
  const ids = [
    ...(await plant(
      api.db,
      one.id,
      Array.from({ length: 230 }, (_, i) => oldBox.seal(`token ${i}`)),
    )),
    ...(await plant(api.db, two.id, [
      null,
      sealAsVersion1('of the first release', oldKey),
      newBox.seal('new already'),
    ])),
  ];
  const before = await readTokens(api.db, bothKeys, ids);
  expect(await checkSecrets(api.services.db, bothKeys)).toEqual({ toRotate: 462, unreadable: 0 });
  expect(await checkSecrets(api.services.db, newBox)).toEqual({ toRotate: 0, unreadable: 462 });
  const progress: number[] = [];
  expect(await rotateSecrets(api.services.db, bothKeys, (rotated) => progress.push(rotated))).toEqual({
    rotated: 462,
  });
  expect(progress).toEqual([100, 200, 230, 330, 430, 460, 461, 462]);
  expect(await readTokens(api.db, newBox, ids)).toEqual(before);
  expect(await rotateSecrets(api.services.db, bothKeys)).toEqual({ rotated: 0 });
  expect(await checkSecrets(api.services.db, newBox)).toEqual({ toRotate: 0, unreadable: 0 });
});

test('a secret that changes during the rotation keeps its new value', async () => {
  await using api = await createTestApi();
  const { id: teamId } = await api.createTeam();
  const [id = ''] = await plant(api.db, teamId, [oldBox.seal('before')]);
  let isChanged = false;
  const slow: SecretBox = {
    ...bothKeys,
    open(sealed) {
      if (!isChanged) change = changeToken();
      return bothKeys.open(sealed);
    },
  };
  let change: Promise<unknown> = Promise.resolve();
  const changeToken = () => {
    isChanged = true;
    return api.db
      .updateTable('agents')
      .set({ webhookTokenEncrypted: oldBox.seal('after') })
      .where('id', '=', id)
      .execute();
  };
  await rotateSecrets(api.services.db, slow);
  await change;
  expect(await readTokens(api.db, bothKeys, [id])).toEqual(['after', 'before']);
});

test('a secret that no key opens stops the rotation, and earlier secrets stay resealed', async () => {
  await using api = await createTestApi();
  const { id: teamId } = await api.createTeam();
  const ids = await plant(api.db, teamId, [
    oldBox.seal('good'),
    createSecretBox([randomBytes(32)]).seal('lost'),
  ]);
  await expect(rotateSecrets(api.services.db, bothKeys)).rejects.toThrow('not in ENCRYPTION_KEY');
  await api.db
    .updateTable('agents')
    .set({ webhookTokenEncrypted: null, signingSecretEncrypted: null })
    .where('name', '=', 'Agent 1')
    .execute();
  await rotateSecrets(api.services.db, bothKeys);
  expect(await readTokens(api.db, newBox, ids)).toEqual(['good', 'good', null, null]);
});

test('every encrypted column of the database is rotated', async () => {
  await using api = await createTestApi();
  const { rows } = await sql<{ table: string; name: string }>`
    select table_name as "table", column_name as name from information_schema.columns
    where table_schema = 'public' and column_name like '%encrypted%' order by 1, 2
  `.execute(api.db);
  const columns = rows.map(({ table, name }) => ({
    table,
    column: name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase()),
  }));
  expect(columns).toEqual(secrets.encryptedColumns.toSorted().map((column) => ({ table: 'agents', column })));
});
