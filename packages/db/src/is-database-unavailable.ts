// Recognizes errors of a database that is unavailable, as opposed to errors in a statement.

/** errno of sockets and SQLSTATE of servers. https://www.postgresql.org/docs/current/errcodes-appendix.html */
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
  // Another process uses the folder of the embedded database.
  'EBUSY',
  // The server is shutting down, has crashed, is starting up, or has become a standby.
  '57P01',
  '57P02',
  '57P03',
  '25006',
  // The server cancelled a statement at its time limit: it is too slow, or waited too long for a lock.
  '57014',
  // An I/O error of the server's disk.
  '58030',
]);

/** Classes of SQLSTATE: lost connections (08), and lack of disk, memory or connections (53). */
const classes: ReadonlySet<string> = new Set(['08', '53']);

/** Messages of pg's errors without a code. */
const driverMessages =
  /^(Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client has encountered a connection error|Cannot use a pool after calling end on the pool|Client was closed and is not queryable)/;

/** True for a connection error of either driver, and for an error caused by one. A retry may succeed. */
export function isDatabaseUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  // A host with several addresses, such as localhost, fails with one error per address.
  if (error instanceof AggregateError && error.errors.some(isDatabaseUnavailable)) return true;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return (
    codes.has(code) ||
    (/^[0-9A-Z]{5}$/.test(code) && classes.has(code.slice(0, 2))) ||
    driverMessages.test(error.message) ||
    isDatabaseUnavailable(error.cause)
  );
}
