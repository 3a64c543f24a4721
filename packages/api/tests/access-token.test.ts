import { createHmac, randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { createAccessTokens } from '../src/auth/access-token.ts';

const claims = { sessionIdHash: 'a'.repeat(64), userId: '018f0000-0000-7000-8000-000000000000' };
const [first, second, third] = [randomBytes(32), randomBytes(32), randomBytes(32)];

interface Parts {
  header: Record<string, unknown>;
  payload: Record<string, unknown>;
}

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

function partsOf(token: string): Parts {
  const [header = '', payload = ''] = token.split('.');
  const decode = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString()) as Parts['header'];
  return { header: decode(header), payload: decode(payload) };
}

/** A modified token with a valid signature. */
async function forge(change: (parts: Parts) => void, secret = first, algorithm = 'sha256'): Promise<string> {
  const parts = partsOf(await createAccessTokens([first]).sign(claims));
  change(parts);
  const signed = `${encode(parts.header)}.${encode(parts.payload)}`;
  return `${signed}.${createHmac(algorithm, secret).update(signed).digest('base64url')}`;
}

const now = () => Math.floor(Date.now() / 1000);

test('an access token names its session, its issuer, its audience and its key, and lasts an hour', async () => {
  const { header, payload } = partsOf(await createAccessTokens([first]).sign(claims));
  expect(header).toEqual({ alg: 'HS256', kid: expect.stringMatching(/^[\w-]{8}$/) });
  expect(payload).toEqual({
    sid: claims.sessionIdHash,
    sub: claims.userId,
    iss: 'parley',
    aud: 'parley',
    iat: expect.any(Number),
    exp: Number(payload['iat']) + 3600,
  });
});

test('the first secret signs, and tokens of every secret are accepted in any order', async () => {
  const before = await createAccessTokens([first]).sign(claims);
  const rotated = createAccessTokens([second, first]);
  const after = await rotated.sign(claims);
  expect(partsOf(after).header['kid']).not.toBe(partsOf(before).header['kid']);
  for (const token of [before, after]) {
    expect(await rotated.verify(token)).toEqual({ status: 'valid', claims });
    expect(await createAccessTokens([third, first, second]).verify(token)).toMatchObject({ status: 'valid' });
  }
  expect(await createAccessTokens([second]).verify(before)).toEqual({ status: 'invalid' });
  expect(await createAccessTokens([first]).verify(after)).toEqual({ status: 'invalid' });
});

test('a token is accepted for 30 seconds past its expiry, because clocks differ', async () => {
  const tokens = createAccessTokens([first]);
  const endedBefore = (seconds: number) => forge(({ payload }) => (payload['exp'] = now() - seconds));
  expect(await tokens.verify(await endedBefore(20))).toMatchObject({ status: 'valid' });
  expect(await tokens.verify(await endedBefore(40))).toEqual({ status: 'expired' });
});

test.each<[string, () => Promise<string> | string]>([
  ['with no algorithm', () => forge(({ header }) => (header['alg'] = 'none'))],
  [
    'with no algorithm and no signature',
    async () => `${(await forge(({ header }) => (header['alg'] = 'none'))).split('.', 2).join('.')}.`,
  ],
  ['with another algorithm', () => forge(({ header }) => (header['alg'] = 'HS512'), first, 'sha512')],
  ['of another issuer', () => forge(({ payload }) => (payload['iss'] = 'other'))],
  ['for another audience', () => forge(({ payload }) => (payload['aud'] = 'other'))],
  ['without a session', () => forge(({ payload }) => delete payload['sid'])],
  ['without a user', () => forge(({ payload }) => delete payload['sub'])],
  ['without an expiry', () => forge(({ payload }) => delete payload['exp'])],
  ['without a key id', () => forge(({ header }) => delete header['kid'])],
  ['with an unknown key id', () => forge(({ header }) => (header['kid'] = '../../x'))],
  ['that brings its own key', () => forge(({ header }) => (header['jwk'] = { kty: 'oct', k: 'AA' }), second)],
  ['that is not yet valid', () => forge(({ payload }) => (payload['nbf'] = now() + 60))],
  ['signed by another secret', () => forge(() => undefined, second)],
  [
    'whose session was replaced',
    async () => {
      const [header, , signature] = (await createAccessTokens([first]).sign(claims)).split('.');
      return `${header}.${encode({ sid: 'b', sub: 'c', iss: 'parley', aud: 'parley', exp: now() + 60 })}.${signature}`;
    },
  ],
  ['that is empty', () => ''],
  ['that is not a JWT', () => 'a.b.c'],
])('an access token %s is refused', async (_, make) => {
  expect(await createAccessTokens([first, third]).verify(await make())).toEqual({ status: 'invalid' });
});
