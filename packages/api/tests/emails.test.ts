import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { canonicalEmail, emailSchema } from '../src/index.ts';
import { createTestApi, type TestApi } from '../src/testing/index.ts';
import { reasonOf } from './reason-of.ts';

let api: TestApi;

beforeAll(async () => {
  api = await createTestApi();
});

afterAll(() => api[Symbol.asyncDispose]());

const password = 'SecurePass123';

describe('an email', () => {
  test.each([
    ['Ada@Example.COM', 'ada@example.com'],
    ["  o'brien+tag@mail.example.com ", "o'brien+tag@mail.example.com"],
    ['JÖRG@example.com', 'jörg@example.com'],
    ['jo\u0308rg@example.com', 'jörg@example.com'],
    ['用户@例え.テスト', '用户@xn--r8jz45g.xn--zckzah'],
    ['anna@MÜNCHEN.de', 'anna@xn--mnchen-3ya.de'],
    ['anna@xn--mnchen-3ya.de', 'anna@xn--mnchen-3ya.de'],
    ['иван@пример.рф', 'иван@xn--e1afmkfd.xn--p1ai'],
    ['a@ｅxample。com', 'a@example.com'],
  ])('%s is stored as %s', (email, canonical) => {
    expect(emailSchema.parse(email)).toBe(canonical);
    expect(canonicalEmail(canonical)).toBe(canonical);
  });

  test.each([
    ...['', 'nobody', '@example.com', 'a@', 'a@b', 'a b@example.com', 'a@@example.com', '"a b"@example.com'],
    ...[
      '.a@example.com',
      'a.@example.com',
      'a..b@example.com',
      '😀@example.com',
      'a@😀.com',
      'a@[127.0.0.1]',
    ],
    ...[
      'a@münchen.de/x',
      'a@münchen.de:80',
      'a@é%41.com',
      'a@é',
      'a\u200bb@example.com',
      'a\u3164@example.com',
    ],
    ...['a\n@example.com', 'a\u202e@example.com', 'a＠example.com', `${'a'.repeat(300)}@münchen.de`],
  ])('%j is refused with what works', (email) => {
    const { error } = emailSchema.safeParse(email);
    expect(error?.issues.map(({ message }) => message).join()).toMatch(
      /must be an email address: letters|at most 254/,
    );
  });

  test('an account is one in any form of its email: the registration is unique, and the login finds it', async () => {
    const { id: teamId, slug } = await api.createTeam({ isRegistrationOpen: true });
    const forms = ['Jörg@MÜNCHEN.de', 'jo\u0308rg@mu\u0308nchen.de', 'JÖRG@xn--mnchen-3ya.de'];
    const [first = '', ...others] = forms;
    const { user } = await api.anonymous.auth.register({ email: first, password, teamId });
    expect(user).toMatchObject({ email: 'jörg@xn--mnchen-3ya.de', displayName: 'jörg' });
    for (const email of others) {
      const again = api.anonymous.auth.register({ email, password, teamId });
      expect(await reasonOf(again)).toBe('EMAIL_TAKEN');
    }
    for (const email of forms) {
      expect((await api.anonymous.auth.login({ email, password, team: slug })).user.id).toBe(user.id);
    }
  });
});
