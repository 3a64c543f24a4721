// Whether the database cannot serve anybody at the moment, for reasons that have nothing to do with what it was asked.

/** By errno for a socket's errors, and by SQLSTATE for a server's. https://www.postgresql.org/docs/current/errcodes-appendix.html */
const codes: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT',
  // The server shuts down, has crashed, or is starting; it has become a standby.
  '57P01',
  '57P02',
  '57P03',
  '25006',
  // The disk it is on fails.
  '58030',
]);

/** Classes of SQLSTATE: a connection is lost; out of disk, memory or connections. */
const classes: ReadonlySet<string> = new Set(['08', '53']);

/** What pg says without a code. */
const driverMessages =
  /^(Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client has encountered a connection error|Cannot use a pool after calling end on the pool|Client was closed and is not queryable)/;

/** An error of either driver, or one that was caused by such an error. Trying the same again later may work. */
export function isDatabaseUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  // A host with several addresses, such as localhost, fails with one error for each.
  if (error instanceof AggregateError && error.errors.some(isDatabaseUnavailable)) return true;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return (
    codes.has(code) ||
    (/^[0-9A-Z]{5}$/.test(code) && classes.has(code.slice(0, 2))) ||
    driverMessages.test(error.message) ||
    isDatabaseUnavailable(error.cause)
  );
}
