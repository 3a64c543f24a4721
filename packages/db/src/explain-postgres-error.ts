// Explains connection errors of Postgres in words that an operator can act on.
import pg from 'pg';
import { hasUnencodedPassword } from './postgres-url.ts';

interface Target {
  host: string;
  port: number;
  user: string;
  database: string;
}

/** The next step for the operator, by SQLSTATE (from the server) or errno (from the socket). */
const advice: Record<string, (target: Target) => string> = {
  ECONNREFUSED: ({ host, port }) =>
    `Nothing answers at ${host}:${port}. Start Postgres, or correct the host and port in DATABASE_URL.`,
  ENOTFOUND: ({ host }) => `There is no host named ${host}. Correct the host in DATABASE_URL.`,
  EAI_AGAIN: ({ host }) =>
    `The host name ${host} could not be looked up. Check the network's DNS, or DATABASE_URL.`,
  ENOENT: ({ host }) => `There is no socket in ${host}. Start Postgres, or correct the host in DATABASE_URL.`,
  // 28P01: wrong password. 28000: the user does not exist, or pg_hba.conf does not let it in.
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

/** The advice by the message of Postgres, of a pooler or of pg, where the code says less or is missing. */
const adviceByMessage: [RegExp, (target: Target) => string][] = [
  // pg_hba.conf has hostssl entries only; PgBouncer; managed servers.
  [
    /no encryption|SSL (connection is )?required|sslmode=require/i,
    () =>
      'The server demands TLS (SSL). Add ?sslmode=require to DATABASE_URL, and sslrootcert=/path/to/ca.crt if its certificate is from an authority of your own.',
  ],
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

/** The returned error never contains the password, neither in its message nor in its `cause`. */
export function explainPostgresError(error: unknown, url: string): Error {
  const target = findTarget(url);
  // Without a cause, because Node's error about an invalid URL contains the URL.
  if (target instanceof Error) return target;
  const original = error instanceof Error ? error : new Error(String(error));
  const code = codeOf(original);
  const says =
    adviceByMessage.find(([pattern]) => pattern.test(original.message))?.[1](target) ??
    advice[code ?? codeOf(original.cause) ?? '']?.(target);
  // One of Parley's own errors, such as a failed migration or a database that is not empty. It already says what to do.
  if (says === undefined && code === undefined) return original;
  return new Error(`Postgres at ${whereOf(target)} cannot be used. ${says ?? original.message}`, {
    cause: original,
  });
}

/** Host, port and name of the database, without the user and the password; undefined if the URL is not well-formed. */
export function nameOfPostgres(url: string): string | undefined {
  if (hasUnencodedPassword(url)) return undefined;
  const target = findTarget(url);
  return target instanceof Error ? undefined : whereOf(target);
}

function whereOf({ host, port, database }: Target): string {
  return `${host}:${port}/${database}`;
}

/** An error if the URL cannot be parsed, or if the result could contain a part of the password. */
function findTarget(url: string): Target | Error {
  const hasCredentials = /^\w+:\/\/[^/?#]*@/.test(url);
  if (url.includes('@') && !hasCredentials) return invalidUrl();
  try {
    const { host, port, user, database } = new pg.Client({ connectionString: url });
    return { host, port, user: user ?? '', database: database ?? '' };
  } catch (error) {
    return isFileError(error) ? unreadableFile(error) : invalidUrl();
  }
}

function invalidUrl(): Error {
  return new Error(
    'DATABASE_URL is not a valid URL. It looks like postgres://user:password@host:5432/database; special characters in the password must be percent-encoded (# is %23).',
  );
}

/** The URL's sslrootcert, sslcert and sslkey are the only files that pg reads. */
function isFileError(error: unknown): error is Error {
  return error instanceof Error && 'syscall' in error;
}

function unreadableFile({ message }: Error): Error {
  return new Error(
    `A certificate file of DATABASE_URL cannot be read: ${message}. Correct its sslrootcert, sslcert or sslkey.`,
  );
}

/** A host with several addresses, such as localhost, fails with one error per address. */
function codeOf(error: unknown): string | undefined {
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
