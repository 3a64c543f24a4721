/** Fails the statement of a connection that is silent for too long, with a code that `isDatabaseUnavailable` knows. */
export function stoppedResponding(): Error {
  return Object.assign(new Error('Postgres stopped responding.'), { code: 'ETIMEDOUT' });
}
