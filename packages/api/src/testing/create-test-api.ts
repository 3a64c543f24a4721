import { randomBytes } from 'node:crypto';
import { forTeam, newId, open as openUrl, teams, users, type DB, type KeyScope } from '@parley/db';
import type { TestDatabase } from '@parley/db/testing';
import { createRuns, type RunsOptions } from '@parley/runs';
import { startTestWebhook, type TestWebhook } from '@parley/runs/testing';
import { AllowedHosts } from '@parley/webhook';
import type { Kysely } from 'kysely';
import { hashPassword } from '../auth/password.ts';
import { createContext } from '../context.ts';
import { createCaller } from '../root.ts';
import type { ObserveCall } from '../observe-call.ts';
import type { RateLimits } from '../rate-limits.ts';
import { createSecretBox } from '../secrets/secret-box.ts';
import { createServices, type Services, type ServicesOptions } from '../services.ts';

export type Caller = ReturnType<typeof createCaller>;

export interface TestUser {
  id: string;
  teamId: string;
  email: string;
  password: string;
  role: 'user' | 'admin';
  /** Calls procedures as this user, with a real session and access token. */
  caller: Caller;
  /** Creates an API key of this user. Default: the scope `chat`. */
  createApiKey: (options?: {
    name?: string;
    scope?: KeyScope;
    expiresAt?: string | null;
  }) => Promise<{ id: string; key: string }>;
  /** The `Cookie` header of this user's requests. */
  cookie: string;
}

export interface TestTeam {
  id: string;
  slug: string;
  admin: TestUser;
  user: TestUser;
  /** Adds a user. Default role: `user`. */
  createUser: (options?: { email?: string; role?: 'user' | 'admin' }) => Promise<TestUser>;
}

export interface TestApi extends AsyncDisposable {
  /** Unrestricted access for the test. The procedures use `services.db`. */
  db: Kysely<DB>;
  services: Services;
  /** Calls procedures anonymously. */
  anonymous: Caller;
  /** A real webhook server, whose answers the test sets. */
  webhook: TestWebhook;
  /** A team with an admin and a user. */
  createTeam(options?: { isRegistrationOpen?: boolean }): Promise<TestTeam>;
  /** Calls procedures with these headers. `setCookies` collects the cookies that they set. */
  callerWith: (request: {
    cookie?: string;
    authorization?: string;
    signal?: AbortSignal;
    setCookies?: string[];
  }) => Caller;
  /** Starts another instance on the same database, with its own connections and the same keys. Dispose of it before this API. */
  startInstance(): Promise<TestApiInstance>;
}

export interface TestApiInstance extends AsyncDisposable {
  services: Services;
  /** Calls procedures of this instance as the user. */
  callerOf(user: TestUser): Caller;
  callerWith: TestApi['callerWith'];
}

const PASSWORD = 'correct horse battery';
// All test users share one hash, because hashing is the slowest part of creating a user.
let passwordHash: Promise<string> | undefined;

export interface TestApiOptions {
  runs?: Partial<Pick<RunsOptions, 'agentLimits' | 'leaseMs' | 'logRetentionMs' | 'onError' | 'observer'>>;
  accessTokenSeconds?: number;
  rateLimits?: RateLimits;
  streams?: ServicesOptions['streams'];
  /** Opens the database that the procedures use. The test's own `db` stays separate. */
  openDatabase?: (database: TestDatabase) => Promise<Kysely<DB>>;
  observeCall?: ObserveCall;
}

/** Creates the whole API on a new database, which it drops when it is disposed of. */
export async function createTestApiOn(
  createDatabase: () => Promise<TestDatabase>,
  options: TestApiOptions = {},
): Promise<TestApi> {
  await using cleanup = new AsyncDisposableStack();
  const database = cleanup.use(await createDatabase());
  const { db, system } = database;
  const { openDatabase } = options;
  const servedDb =
    openDatabase === undefined
      ? system
      : cleanup.adopt(await openDatabase(database), (opened) => opened.destroy());
  const webhook = cleanup.use(await startTestWebhook());
  const secretBox = createSecretBox([randomBytes(32)]);
  const allowedHosts = new AllowedHosts(['127.0.0.1']);
  const jwtSecrets = [randomBytes(32)];

  /** @param listenUrl for notifications about other instances' runs; without it, the instance polls */
  async function startServices(instanceDb: Kysely<DB>, listenUrl?: string): Promise<Services> {
    const runs = await createRuns({
      db: instanceDb,
      openSecret: secretBox.open,
      allowedHosts,
      listenUrl,
      ...options.runs,
    });
    return createServices({
      db: instanceDb,
      runs,
      secretBox,
      allowedHosts,
      jwtSecrets,
      isSecure: false,
      ...(options.observeCall === undefined ? {} : { observeCall: options.observeCall }),
      ...(options.streams === undefined ? {} : { streams: options.streams }),
      ...(options.rateLimits === undefined ? {} : { rateLimits: options.rateLimits }),
      ...(options.accessTokenSeconds === undefined ? {} : { accessTokenSeconds: options.accessTokenSeconds }),
    });
  }

  const services = cleanup.adopt(await startServices(servedDb), ({ runs }) => runs.close());
  const callerWith = callersOf(services);

  async function createUser(teamId: string, email: string, role: 'user' | 'admin'): Promise<TestUser> {
    const id = newId();
    await users.insert(db, {
      teamId,
      id,
      email,
      displayName: `Test ${role}`,
      role,
      passwordHash: await (passwordHash ??= hashPassword(PASSWORD)),
    });
    const session = await services.sessions.create(forTeam(services.db, teamId), {
      teamId,
      userId: id,
      userAgent: 'test',
    });
    const accessToken = await services.accessTokens.sign({ sessionIdHash: session.idHash, userId: id });
    const cookie = services.cookies
      .write({ accessToken, sessionId: session.id })
      .map((header) => header.slice(0, header.indexOf(';')))
      .join('; ');
    const caller = callerWith({ cookie });
    return {
      ...{ id, teamId, email, password: PASSWORD, role, cookie, caller },
      createApiKey: (key) => caller.apiKey.create({ name: 'Key', scope: 'chat', password: PASSWORD, ...key }),
    };
  }

  async function createTeam({ isRegistrationOpen = false } = {}): Promise<TestTeam> {
    const id = newId();
    const slug = `team-${id}`;
    await teams.insert(db, { id, slug, name: 'Test team', isRegistrationOpen });
    const uniqueEmail = (): string => `${newId()}@example.com`;
    return {
      id,
      slug,
      admin: await createUser(id, uniqueEmail(), 'admin'),
      user: await createUser(id, uniqueEmail(), 'user'),
      createUser: ({ email = uniqueEmail(), role = 'user' } = {}) => createUser(id, email, role),
    };
  }

  const open = cleanup.move();
  return {
    db,
    services,
    anonymous: callerWith({}),
    webhook,
    createTeam,
    callerWith,
    async startInstance() {
      const { url } = database;
      const ownDb = url === undefined ? undefined : await openUrl({ url });
      const own = await startServices(ownDb ?? servedDb, url);
      return {
        services: own,
        callerOf: ({ cookie }) => callersOf(own)({ cookie }),
        callerWith: callersOf(own),
        async [Symbol.asyncDispose]() {
          await own.runs.close();
          await ownDb?.destroy();
        },
      };
    },
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}

function callersOf(services: Services): TestApi['callerWith'] {
  return ({ cookie, authorization, signal, setCookies }) =>
    createCaller(
      () =>
        createContext(services, {
          cookie,
          authorization,
          userAgent: 'test',
          setCookie: (header) => setCookies?.push(header),
        }),
      signal === undefined ? {} : { signal },
    );
}
