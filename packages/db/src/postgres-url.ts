/**
 * Whether a URL of Postgres or Redis has an @ behind its host, where only a password with a raw `/`, `?` or `#` can put it: the
 * parser then takes a part of the password for the host. In `postgres://user:p@ss/word@host/db`, that is `ss`.
 */
export function hasUnencodedPassword(url: string): boolean {
  return /^\w+:\/\/[^/?#]*(?:\/[^?#]*@|(?:\/[^?#]*)?\?[^=#]*@|[^#]*#.*@)/s.test(url);
}

/** Continues a sentence with the variable's name, and contains no part of the URL. */
export const UNENCODED_PASSWORD =
  'has a password with special characters, which need percent-encoding: @ is %40, / is %2F, : is %3A, ? is %3F, # is %23, % is %25';

/** Call it before a connection: a part of the password must not reach a name server. */
export function requireEncodedPassword(url: string): void {
  if (hasUnencodedPassword(url)) throw new Error(`DATABASE_URL ${UNENCODED_PASSWORD}.`);
}
