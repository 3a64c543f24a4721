import { hash as hashUnchanged } from '@node-rs/argon2';
import { users } from '@parley/db';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createCaller, createContext } from '../src/index.ts';
import { createPasswordHasher, type PasswordHasher } from '../src/auth/password-hasher.ts';
import { createTestApi, type TestApi } from '../src/testing/index.ts';
import { reasonOf } from './reason-of.ts';

let api: TestApi;

beforeAll(async () => {
  api = await createTestApi();
});

afterAll(() => api[Symbol.asyncDispose]());

/** An anonymous caller with this password hasher. */
const callerHashingWith = (passwords: PasswordHasher) =>
  createCaller(createContext({ ...api.services, passwords }, { setCookie: () => undefined }));

describe('a new password', () => {
  let teamId: string;
  let joined = 0;

  beforeAll(async () => {
    teamId = (await api.createTeam({ isRegistrationOpen: true })).id;
  });

  /** The error of the password, or `accepted`. */
  async function verdict(password: string, email = `p${(joined += 1)}@example.com`): Promise<string> {
    try {
      await api.anonymous.auth.register({ email, password, teamId });
      return 'accepted';
    } catch (error) {
      return error instanceof Error ? JSON.stringify(error.cause ?? error.message) : String(error);
    }
  }

  test.each([
    'SecurePass123',
    'correct horse battery',
    'aaaaaaaaab',
    'onlylettersofnoword',
    '4711-0815-2342-1337',
    'пароль длинный очень',
    'x'.repeat(5) + 'yz'.repeat(100),
    '🔑🔒🔓🚪🏠🐴🔋📎🎈🧭',
  ])('the uncommon password "%s" is accepted: there are no composition rules', async (password) => {
    expect(await verdict(password)).toBe('accepted');
  });

  test('a new password has 10 to 256 characters', async () => {
    expect(await verdict('tenplusone'.slice(0, 9))).toContain('at least 10');
    expect(await verdict('gj3kd8sl2p')).toBe('accepted');
    const long = Array.from({ length: 256 }, (_, i) => String.fromCharCode(97 + ((i * i) % 26))).join('');
    expect(await verdict(long)).toBe('accepted');
    expect(await verdict(`${long}x`)).toContain('at most 256');
  });

  test('a password is counted in code points, after its normalization', async () => {
    expect(await verdict('äöüßñ'.normalize('NFD') + 'çã'.normalize('NFD'))).toContain('at least 10');
    expect(await verdict('äöüßñçãéøœ'.normalize('NFD'))).toBe('accepted');
    expect(await verdict('🔑🔒🔓🚪🏠🐴🔋📎🎈')).toContain('at least 10');
  });

  test.each([
    ['is on the list', 'qwertyuiop'],
    ['is on the list, in capitals', 'Christopher'],
    ['is on the list, in full-width letters', 'ｐａｓｓｗｏｒｄ１２３'],
    ['is on the list, with spaces', ' i love you 123 '],
    ['is a common word with a year', 'Monkey2026!'],
    ['is a common word with symbols for letters', 'P@ssw0rd123'],
    ['is a common word with digits in front', '2024dragon'],
    ['is a common word with a common number', 'welcome12345678'],
    ['is a common word twice', 'letmeinletmein'],
    ['is the name of this product with a year', 'Parley@2026'],
    ['repeats one character', 'aaaaaaaaaaaaaa'],
    ['repeats a short pattern', 'xyzxyzxyzxyz'],
    ['is nothing but spaces', ' '.repeat(10)],
    ['is nothing but spaces of other widths', '\u3000\u2003'.repeat(6)],
    ['is nothing but characters without a width', '\u200b\u2060\ufeff\u00ad'.repeat(4)],
    ['has three characters among spaces', '  a   b   c  '],
    ['is a sequence', 'abcdefghijkl'],
    ['is a sequence backwards', '9876543210'],
  ])('a password that %s is refused', async (_, password) => {
    expect(await verdict(password)).toContain('too common');
  });

  test.each([
    ['the address', 'my alice@example.com is it', 'alice@example.com'],
    ['the address in capitals', 'ALICE2@EXAMPLE.COM', 'alice2@example.com'],
    ['the name as its greater part', 'Alice.Longname!1', 'alice.longname@example.com'],
  ])('a password that contains %s of the email is refused', async (_, password, email) => {
    expect(await verdict(password, email)).toContain('must not contain the email');
  });

  test('a password may contain a short email name by chance', async () => {
    expect(await verdict('SecurePass123', 'pass@example.com')).toBe('accepted');
  });

  test("a password is stored as Argon2id with OWASP's parameters and its own salt", async () => {
    const passwords = createPasswordHasher();
    const hashes = [await passwords.hash('SecurePass123'), await passwords.hash('SecurePass123')];
    for (const hash of hashes)
      expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22,}\$[\w+/]{43}$/);
    expect(hashes[0]).not.toBe(hashes[1]);
  });

  test('a changed password has to meet the same rules', async () => {
    const { user } = await api.createTeam();
    for (const newPassword of ['password123', `${user.email} !`, 'short']) {
      const change = user.caller.auth.changePassword({ currentPassword: user.password, newPassword });
      await expect(change).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    }
    expect((await api.anonymous.auth.login(user)).user.id).toBe(user.id);
  });
});

describe('a login', () => {
  /** Logins that must be indistinguishable, by the accounts of their email. */
  async function failingLogins(): Promise<{ email: string; password: string; team?: string }[]> {
    const [one, two] = [await api.createTeam(), await api.createTeam()];
    const disabled = await one.createUser();
    await one.admin.caller.team.setActive({ userId: disabled.id, isActive: false });
    await two.createUser({ email: one.user.email });
    const password = 'not the password';
    return [
      { email: 'nobody@example.com', password },
      { email: one.admin.email, password },
      { email: one.user.email, password },
      { email: disabled.email, password: disabled.password },
      { email: one.admin.email, password: one.admin.password, team: two.slug },
    ];
  }

  test('a failed login takes the same number of hashes for no account, one, several, or a disabled one', async () => {
    const hasher = createPasswordHasher();
    let hashes = 0;
    const counted: PasswordHasher = {
      hash: (password) => hasher.hash(password),
      verify: (hash, password) => ((hashes += 1), hasher.verify(hash, password)),
      verifyNone: (password) => ((hashes += 1), hasher.verifyNone(password)),
    };
    const errors = new Set<string>();
    const counts = [];
    for (const input of await failingLogins()) {
      hashes = 0;
      const call = callerHashingWith(counted).auth.login(input);
      errors.add(await call.then(String, String));
      counts.push({ isTeamNamed: input.team !== undefined, hashes });
    }
    expect(errors.size).toBe(1);
    expect(counts).toEqual([
      ...Array.from({ length: 4 }, () => ({ isTeamNamed: false, hashes: 3 })),
      { isTeamNamed: true, hashes: 1 },
    ]);
  });

  test('a failed login takes as long for an unknown email as for a known one', async () => {
    const [unknown, known] = await failingLogins();
    if (unknown === undefined || known === undefined) throw new Error('there are five');
    const times = { unknown: [] as number[], known: [] as number[] };
    // Alternates, so that a slow moment affects both, and compares the fastest of each.
    for (let i = 0; i < 12; i += 1) {
      for (const [kind, input] of [
        ['unknown', unknown],
        ['known', known],
      ] as const) {
        const start = performance.now();
        await api.anonymous.auth.login(input).catch(() => undefined);
        times[kind].push(performance.now() - start);
      }
    }
    const ratio = Math.min(...times.unknown) / Math.min(...times.known);
    expect(ratio).toBeGreaterThan(0.6);
    expect(ratio).toBeLessThan(1.7);
  });

  test('a login finds the right one of three accounts with different passwords', async () => {
    const teams = [await api.createTeam(), await api.createTeam(), await api.createTeam()];
    const email = 'three@example.com';
    for (const [i, team] of teams.entries()) {
      const user = await team.createUser({ email });
      await user.caller.auth.changePassword({
        currentPassword: user.password,
        newPassword: `password of team ${i}`,
      });
    }
    for (const [i, team] of teams.entries()) {
      const account = await api.anonymous.auth.login({ email, password: `password of team ${i}` });
      expect(account.team.id).toBe(team.id);
    }
  });
});

describe('a password with characters that have several forms', () => {
  const nfc = 'Zürich à 5 €';
  const nfd = nfc.normalize('NFD').replaceAll(' ', '\u00a0');

  test.each([
    ['composed', nfc, nfd],
    ['decomposed', nfd, nfc],
  ])('logs in however it is typed, when it was %s at the registration', async (_, registered, typed) => {
    const { id: teamId } = await api.createTeam({ isRegistrationOpen: true });
    const email = `forms-${teamId}@example.com`;
    await api.anonymous.auth.register({ email, password: registered, teamId });
    expect((await api.anonymous.auth.login({ email, password: typed })).user.email).toBe(email);
    expect((await api.anonymous.auth.login({ email, password: registered })).user.email).toBe(email);
    const wrong = api.anonymous.auth.login({ email, password: 'Zurich a 5 €' });
    expect(await reasonOf(wrong)).toBe('INVALID_CREDENTIALS');
  });

  test('a hash of the password as typed, from an earlier version, still logs in and is replaced then', async () => {
    const { user, id: teamId } = await api.createTeam();
    const passwordHash = await hashUnchanged(nfd);
    await api.db.updateTable('users').set({ passwordHash }).where('id', '=', user.id).execute();
    const { email } = user;
    const currentHash = () => users.findPasswordHash(api.db, { teamId, id: user.id });

    expect(await reasonOf(api.anonymous.auth.login({ email, password: nfc }))).toBe('INVALID_CREDENTIALS');
    expect(await currentHash()).toBe(passwordHash);
    await api.anonymous.auth.login({ email, password: nfd });
    const replaced = await currentHash();
    expect(replaced).not.toBe(passwordHash);
    for (const password of [nfc, nfd]) await api.anonymous.auth.login({ email, password });
    expect(await currentHash()).toBe(replaced);
  });
});

describe('a flood of logins', () => {
  test('a flood of logins is hashed a few at a time, a few wait, and the rest get SERVER_BUSY', async () => {
    const { user } = await api.createTeam();
    const caller = callerHashingWith(createPasswordHasher({ maxConcurrent: 1, maxQueued: 3 }));
    const reasons = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        reasonOf(
          caller.auth.login({
            email: i % 2 === 0 ? user.email : 'nobody@example.com',
            password: user.password,
          }),
        ),
      ),
    );
    expect(reasons).toContain('SERVER_BUSY');
    for (const reason of reasons) {
      expect(['SERVER_BUSY', 'INVALID_CREDENTIALS', 'not refused']).toContain(reason);
    }
    // The queue is empty again: the next login succeeds.
    expect(await reasonOf(caller.auth.login(user))).toBe('not refused');
  });

  test('the password hasher respects its limit and serves the queue in order', async () => {
    const hasher = createPasswordHasher({ maxConcurrent: 1, maxQueued: 11 });
    const order: number[] = [];
    const hashes = Array.from({ length: 12 }, async (_, i) => {
      await hasher.verifyNone('a password');
      order.push(i);
    });
    await expect(hasher.verifyNone('one too many')).rejects.toMatchObject({
      reason: 'SERVER_BUSY',
      details: { retryAfterSeconds: 2 },
    });
    await Promise.all(hashes);
    expect(order).toEqual(Array.from({ length: 12 }, (_, i) => i));
  });
});
