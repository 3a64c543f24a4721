// What went wrong between Parley and its Postgres server, in words that an operator can act on.
import pg from 'pg';

interface Target {
  host: string;
  port: number;
  user: string;
  database: string;
}

/** What to do about an error, by its SQLSTATE (a server's) or its errno (a socket's). */
const advice: Record<string, (target: Target) => string> = {
  ECONNREFUSED: ({ host, port }) =>
    `Nothing answers at ${host}:${port}. Start Postgres, or correct the host and port in DATABASE_URL.`,
  ENOTFOUND: ({ host }) => `There is no host named ${host}. Correct the host in DATABASE_URL.`,
  EAI_AGAIN: ({ host }) =>
    `The host name ${host} could not be looked up. Check the network's DNS, or DATABASE_URL.`,
  ENOENT: ({ host }) => `There is no socket in ${host}. Start Postgres, or correct the host in DATABASE_URL.`,
  // Invalid password; and, for 28000, a user that does not exist or that pg_hba.conf does not let in.
  '28P01': ({ user }) =>
    `Postgres refused the password of user ${user}. Correct it in DATABASE_URL; special characters in it must be percent-encoded (# is %23).`,
  '28000': ({ user }) =>
    `Postgres does not let user ${user} in. Check the user in DATABASE_URL, and pg_hba.conf.`,
  '3D000': ({ database }) =>
    `There is no database named ${database}. Create it (createdb ${database}), or correct DATABASE_URL.`,
  '42501': ({ user, database }) =>
    `User ${user} may not create tables in database ${database}. Make it the owner: alter database ${database} owner to ${user}.`,
  '53300': () => 'The server has no free connections. Raise its max_connections, or stop another client.',
  '57P03': () => 'The server is starting up or shutting down. Try again in a few seconds.',
  DEPTH_ZERO_SELF_SIGNED_CERT: () => untrusted,
  SELF_SIGNED_CERT_IN_CHAIN: () => untrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: () => untrusted,
};

const untrusted =
  "The server's certificate is not signed by a known authority. Add sslrootcert=/path/to/ca.crt to DATABASE_URL, or sslmode=no-verify if the network is trusted.";

/** An error without a code, told by pg's own words. */
const adviceByMessage: [RegExp, (target: Target) => string][] = [
  [
    /connection timeout|timeout exceeded/i,
    ({ host, port }) =>
      `${host}:${port} did not answer within 5 s. Check DATABASE_URL, and firewalls on the way.`,
  ],
  [
    /password must be a/,
    ({ user }) => `Postgres asks for a password of user ${user}: DATABASE_URL has none.`,
  ],
  [
    /does not support SSL/,
    () => 'The server does not speak TLS. Remove sslmode from DATABASE_URL, or turn TLS on.',
  ],
];

/** The password is nowhere in what this returns: not in the message, and not in a `cause`. */
export function explainPostgresError(error: unknown, url: string): Error {
  const target = findTarget(url);
  if (target === undefined) {
    // Without a cause: Node's error about an invalid URL holds the URL.
    return new Error(
      'DATABASE_URL is not a valid URL. It looks like postgres://user:password@host:5432/database; special characters in the password must be percent-encoded (# is %23).',
    );
  }
  const original = error instanceof Error ? error : new Error(String(error));
  const code = codeOf(original);
  const says =
    advice[code ?? codeOf(original.cause) ?? '']?.(target) ??
    adviceByMessage.find(([pattern]) => pattern.test(original.message))?.[1](target);
  // One of Parley's own: a migration that failed, a database that is not empty. It has said what to do.
  if (says === undefined && code === undefined) return original;
  const where = `${target.host}:${target.port}/${target.database}`;
  return new Error(`Postgres at ${where} cannot be used. ${says ?? original.message}`, { cause: original });
}

/** Undefined when it cannot be told, or when it would hold a part of the password. */
function findTarget(url: string): Target | undefined {
  // In postgres://user:12/34@host/db the password's slash ends the host and port, which are then `user` and 12.
  const hasCredentials = /^\w+:\/\/[^/?#]*@/.test(url);
  if (url.includes('@') && !hasCredentials) return undefined;
  try {
    const { host, port, user, database } = new pg.Client({ connectionString: url });
    return { host, port, user: user ?? '', database: database ?? '' };
  } catch {
    return undefined;
  }
}

/** A host with several addresses, such as localhost, fails with one error for each. */
function codeOf(error: unknown): string | undefined {
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
