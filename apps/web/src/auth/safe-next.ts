/** The path to open after a login. Undefined for the login itself and for every other site: no open redirect. */
export function safeNext(next: unknown): string | undefined {
  if (typeof next !== 'string' || !/^\/(?![/\\])/.test(next)) return undefined;
  const url = URL.parse(next, location.origin);
  if (url === null || url.origin !== location.origin || url.pathname === '/login') return undefined;
  return `${url.pathname}${url.search}${url.hash}`;
}
