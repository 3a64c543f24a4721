import { randomBytes } from 'node:crypto';
import { createSecretBox } from '@parley/api';
import { newId } from '@parley/db';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startOperator, type Operator } from '../start-operator.ts';

const oldKey = randomBytes(32).toString('base64');
const newKey = randomBytes(32).toString('base64');

let operator: Operator;
let parley: Operator['parley'];
let createTestTeam: Operator['createTestTeam'];
let db: Operator['db'];

beforeAll(async () => {
  operator = await startOperator();
  ({ parley, createTestTeam, db } = operator);
});

afterAll(() => operator[Symbol.asyncDispose]());

test('rotate-key encrypts every secret with the first key, reports progress, and has nothing to do the second time', async () => {
  const { id: teamId } = await createTestTeam();
  const box = createSecretBox([Buffer.from(oldKey, 'base64')]);
  await db
    .insertInto('agents')
    .values(
      Array.from({ length: 120 }, (_, index) => ({
        ...{ teamId, id: newId(), name: `Agent ${index}`, webhookUrl: 'https://n8n.example.com/' },
        ...{ webhookTokenEncrypted: box.seal(`token ${index}`), isActive: false },
      })),
    )
    .execute();
  const rotated = await parley(['rotate-key', '--json'], { ENCRYPTION_KEY: `${newKey},${oldKey}` });
  expect(rotated.exitCode).toBe(0);
  expect(rotated.json()).toEqual({ rotated: 120 });
  expect(rotated.stderr).toMatch(/^Encrypted 100 so far\.\nEncrypted 120 so far\.\n$/);
  const again = await parley(['rotate-key'], { ENCRYPTION_KEY: newKey });
  expect(again.stdout).toMatch(/^Encrypted 0 secrets /);
  const rows = await db.selectFrom('agents').select('webhookTokenEncrypted as sealed').execute();
  const opened = rows.map(({ sealed }) =>
    createSecretBox([Buffer.from(newKey, 'base64')]).open(sealed ?? Buffer.of()),
  );
  expect(new Set(opened).size).toBe(120);

  const lost = await parley(['rotate-key'], { ENCRYPTION_KEY: randomBytes(32).toString('base64') });
  expect(lost).toMatchObject({ exitCode: 1, stdout: '' });
  expect(lost.stderr).toContain('not in ENCRYPTION_KEY');
  await db.deleteFrom('agents').execute();
});

test.each([
  ['no key', {}, "Set ENCRYPTION_KEY to the server's value"],
  [
    'an invalid key',
    { ENCRYPTION_KEY: `${newKey},short` },
    'ENCRYPTION_KEY (number 2) must be 32 random bytes',
  ],
])('with %s, names the problem and shows no key', async (_which, env, problem) => {
  const refused = await parley(['rotate-key'], env);
  expect(refused).toMatchObject({ exitCode: 2, stdout: '' });
  expect(refused.stderr).toContain(problem);
  expect(refused.stderr).not.toContain(newKey);
});
