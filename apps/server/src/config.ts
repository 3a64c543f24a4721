// Reads and validates the environment. All problems are reported at once, without values.
import { newPasswordSchema } from '@parley/api';
import { hasUnencodedPassword, UNENCODED_PASSWORD } from '@parley/db';
import { agentLimitRanges, AllowedHosts, defaultAgentLimits, type AdjustableLimit } from '@parley/webhook';
import { z } from 'zod';
import { createTrustedProxies, type TrustedProxies } from './edge/client-of.ts';

/** Example values of .env.example and of guides. Everybody knows these keys. */
const KNOWN_EXAMPLES = ['change-me-to-a-long-random-string', 'changeme', 'secret'];

const MIN_JWT_SECRET_CHARS = 32;
const ENCRYPTION_KEY_BYTES = 32;

const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d+$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(min, `must be at least ${min}`).max(max, `must be at most ${max}`));

const jwtSecret = z
  .string()
  .min(
    MIN_JWT_SECRET_CHARS,
    `must have at least ${MIN_JWT_SECRET_CHARS} characters; create one with \`openssl rand -base64 48\``,
  )
  .refine(
    (secret) => !KNOWN_EXAMPLES.some((example) => secret.includes(example)),
    'is a published example: create your own',
  );

/** Several keys, newest first, separated by commas. */
const keys = <Key extends z.ZodType<unknown, string>>(key: Key) =>
  z
    .string()
    .transform((text) => text.split(',').map((item) => item.trim()))
    .pipe(z.array(key));

const encryptionKey = z
  .string()
  .refine(
    (key) => !KNOWN_EXAMPLES.some((example) => key.includes(example)),
    'is a published example: create your own',
  )
  .transform((key) => Buffer.from(key, 'base64'))
  .refine(
    (bytes) => bytes.length === ENCRYPTION_KEY_BYTES && new Set(bytes).size > 1,
    `must be ${ENCRYPTION_KEY_BYTES} random bytes in base64; create one with \`openssl rand -base64 32\``,
  );

/** Parses `a, b` as a list. */
const list = z.string().transform((text) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== ''),
);

const encryptionKeysSchema = keys(encryptionKey);

const corsOrigins = list.refine(
  (origins) => origins.every((origin) => /^https?:/.test(origin) && URL.parse(origin)?.origin === origin),
  'must be origins, such as https://app.example.com, separated by commas',
);

const trustedProxies = list.transform((ranges, context) => {
  try {
    return createTrustedProxies(ranges);
  } catch {
    context.addIssue('must be addresses and ranges, such as 10.0.0.0/8, separated by commas');
    return z.NEVER;
  }
});

/** Parses each entry now, so that a typo fails the start rather than an agent. */
const allowedHosts = list.refine(
  isListOfHosts,
  'must be host names (n8n, *.internal.example), addresses and ranges (10.0.0.0/8), separated by commas; names and addresses may end in a port',
);

const postgresUrl = z
  .string()
  .regex(/^postgres(ql)?:\/\//, 'must start with postgres://')
  .refine((url) => !hasUnencodedPassword(url), UNENCODED_PASSWORD);

const perMinute = wholeNumber(1, 1_000_000).optional();

const agentLimit = (limit: AdjustableLimit) => {
  const { min, max } = agentLimitRanges[limit];
  return wholeNumber(min, max).default(defaultAgentLimits[limit]);
};

const environment = z.object({
  NODE_ENV: z.string().default('development'),
  DATABASE_URL: postgresUrl.optional(),
  DATABASE_LISTEN_URL: postgresUrl.optional(),
  PARLEY_DATA_DIR: z.string().default('.parley'),
  PORT: wholeNumber(0, 65_535).default(8000),
  HOST: z.string().default('127.0.0.1'),
  PUBLIC_URL: z
    .url({
      protocol: /^https?$/,
      message: 'must be the address that browsers use, such as https://chat.example.com',
    })
    .optional(),
  CORS_ORIGINS: corsOrigins.prefault(''),
  TRUSTED_PROXIES: trustedProxies.prefault(''),
  RATE_LIMITS: z.enum(['memory', 'postgres', 'redis', 'off']).optional(),
  RATE_LIMIT_LOGIN: perMinute,
  RATE_LIMIT_SEND: perMinute,
  RATE_LIMIT_STREAM: perMinute,
  RATE_LIMIT_CALL: perMinute,
  REDIS_URL: z
    .string()
    .regex(/^rediss?:\/\//, 'must start with redis:// or rediss://')
    .refine((url) => !hasUnencodedPassword(url), UNENCODED_PASSWORD)
    // The error of a URL that does not parse contains the URL.
    .refine(
      (url) => hasUnencodedPassword(url) || URL.canParse(url),
      'must be redis://user:password@host:port',
    )
    .optional(),
  JWT_SECRET: keys(jwtSecret).optional(),
  ENCRYPTION_KEY: encryptionKeysSchema.optional(),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  WEBHOOK_ALLOWED_HOSTS: allowedHosts.default([]),
  METRICS_TOKEN: z
    .string()
    .regex(/^[\x21-\x7e]{16,}$/, 'must be at least 16 visible ASCII characters')
    .optional(),
  MAX_STREAMS_PER_USER: wholeNumber(1, 1_000_000).default(32),
  MAX_RUNS_PER_TEAM: wholeNumber(1, 1_000_000).default(100),
  AGENT_FIRST_BYTE_TIMEOUT_MS: agentLimit('firstByteTimeoutMs'),
  AGENT_IDLE_TIMEOUT_MS: agentLimit('idleTimeoutMs'),
  AGENT_TOTAL_TIMEOUT_MS: agentLimit('totalTimeoutMs'),
  AGENT_MAX_TEXT_BYTES: agentLimit('maxTextBytes'),
  SHUTDOWN_GRACE_MS: wholeNumber(0, 3_600_000).default(10_000),
  PARLEY_DEMO_PASSWORD: newPasswordSchema.optional(),
});

export interface Config {
  isProduction: boolean;
  /** The Postgres URL; undefined: the embedded database in `dataDir`. */
  databaseUrl: string | undefined;
  /** For LISTEN, where `databaseUrl` leads to a pooler in transaction mode. */
  databaseListenUrl: string | undefined;
  dataDir: string;
  port: number;
  host: string;
  publicUrl: string | undefined;
  /** Other origins whose pages may use the API with their users' logins. */
  corsOrigins: readonly string[];
  trustedProxies: TrustedProxies;
  /** The store that counts rate limits; `off`: no rate limits. */
  rateLimits: 'memory' | 'postgres' | 'redis' | 'off';
  /** Rate limits that replace the defaults. */
  callsPerMinute: Record<'login' | 'send' | 'stream' | 'call', number | undefined>;
  redisUrl: string | undefined;
  /** The first signs, all verify. */
  jwtSecrets: readonly Uint8Array[] | undefined;
  /** The first encrypts, all decrypt. */
  encryptionKeys: readonly Uint8Array[] | undefined;
  /** Hosts outside the public Internet that webhooks may be on, in the format of `AllowedHosts`. */
  webhookAllowedHosts: string[];
  logLevel: string;
  /** Bearer token for /metrics; undefined: loopback only. */
  metricsToken: string | undefined;
  /** Per instance. A newer stream replaces the oldest. */
  maxStreamsPerUser: number;
  /** Active runs, per instance. Further sends are refused with TEAM_BUSY. */
  maxRunsPerTeam: number;
  /** Limits of the answers of agents without limits of their own. */
  agentLimits: Record<AdjustableLimit, number>;
  shutdownGraceMs: number;
  demoPassword: string | undefined;
}

/** The environment is invalid; the message lists the problems. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** @throws ConfigError that lists all problems, one per line */
export function readConfig(env: Record<string, string | undefined>): Config {
  // In an .env file, `PORT=` means the default, like a missing line.
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = environment.safeParse(given);
  const problems = parsed.success
    ? []
    : parsed.error.issues.map((issue) => `${describePath(issue.path)} ${issue.message}`);
  const isProduction = given['NODE_ENV'] === 'production';
  for (const name of ['JWT_SECRET', 'ENCRYPTION_KEY']) {
    if (isProduction && given[name] === undefined) problems.push(`${name} must be set in production`);
  }
  if (given['RATE_LIMITS'] === 'redis' && given['REDIS_URL'] === undefined)
    problems.push('REDIS_URL must be set for RATE_LIMITS=redis');
  if (given['DATABASE_LISTEN_URL'] !== undefined && given['DATABASE_URL'] === undefined)
    problems.push('DATABASE_URL must be set for DATABASE_LISTEN_URL');
  if (given['RATE_LIMITS'] === 'postgres' && given['DATABASE_URL'] === undefined)
    problems.push('DATABASE_URL must be set for RATE_LIMITS=postgres');
  if (!parsed.success || problems.length > 0) {
    throw new ConfigError(
      `The environment is invalid:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`,
    );
  }
  const { data } = parsed;
  return {
    isProduction,
    databaseUrl: data.DATABASE_URL,
    databaseListenUrl: data.DATABASE_LISTEN_URL,
    dataDir: data.PARLEY_DATA_DIR,
    port: data.PORT,
    host: data.HOST,
    publicUrl: data.PUBLIC_URL,
    corsOrigins: data.CORS_ORIGINS,
    trustedProxies: data.TRUSTED_PROXIES,
    rateLimits: data.RATE_LIMITS ?? sharedStoreOf(data),
    callsPerMinute: {
      login: data.RATE_LIMIT_LOGIN,
      send: data.RATE_LIMIT_SEND,
      stream: data.RATE_LIMIT_STREAM,
      call: data.RATE_LIMIT_CALL,
    },
    redisUrl: data.REDIS_URL,
    jwtSecrets: data.JWT_SECRET?.map((secret) => Buffer.from(secret)),
    encryptionKeys: data.ENCRYPTION_KEY,
    webhookAllowedHosts: data.WEBHOOK_ALLOWED_HOSTS,
    logLevel: data.LOG_LEVEL,
    metricsToken: data.METRICS_TOKEN,
    maxStreamsPerUser: data.MAX_STREAMS_PER_USER,
    maxRunsPerTeam: data.MAX_RUNS_PER_TEAM,
    agentLimits: {
      firstByteTimeoutMs: data.AGENT_FIRST_BYTE_TIMEOUT_MS,
      idleTimeoutMs: data.AGENT_IDLE_TIMEOUT_MS,
      totalTimeoutMs: data.AGENT_TOTAL_TIMEOUT_MS,
      maxTextBytes: data.AGENT_MAX_TEXT_BYTES,
    },
    shutdownGraceMs: data.SHUTDOWN_GRACE_MS,
    demoPassword: data.PARLEY_DEMO_PASSWORD,
  };
}

/**
 * Parses ENCRYPTION_KEY alone, for commands that need nothing else.
 * @throws ConfigError
 */
export function readEncryptionKeys(variable: string): readonly Uint8Array[] {
  const parsed = encryptionKeysSchema.safeParse(variable);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new ConfigError(`${describePath(['ENCRYPTION_KEY', ...(issue?.path ?? [])])} ${issue?.message}`);
}

/** Webhook hosts that development mode allows by default: this machine, if the server listens on loopback only. */
export function hostsOfThisMachine({ host }: Pick<Config, 'host'>): string[] {
  const isLocal = host === 'localhost' || host === '127.0.0.1' || host === '::1';
  return isLocal ? ['localhost', '127.0.0.0/8', '::1'] : [];
}

/** Names one of several keys: `JWT_SECRET (number 2)`. */
function describePath([name, index]: readonly PropertyKey[]): string {
  return typeof index === 'number' && index > 0 ? `${String(name)} (number ${index + 1})` : String(name);
}

function isListOfHosts(entries: readonly string[]): boolean {
  try {
    return new AllowedHosts(entries) instanceof AllowedHosts;
  } catch {
    return false;
  }
}

/** The default store of rate limits: Redis, else Postgres, else memory, as the embedded database has one instance. */
function sharedStoreOf(data: {
  REDIS_URL?: string | undefined;
  DATABASE_URL?: string | undefined;
}): Config['rateLimits'] {
  if (data.REDIS_URL !== undefined) return 'redis';
  return data.DATABASE_URL === undefined ? 'memory' : 'postgres';
}
