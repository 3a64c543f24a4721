/** Where to go after a login: a path of this page, and never another site. */
export function safeNext(next: unknown): string | undefined {
  if (typeof next !== 'string' || !/^\/(?![/\\])/.test(next)) return undefined;
  const url = URL.parse(next, location.origin);
  if (url === null || url.origin !== location.origin || url.pathname === '/login') return undefined;
  return `${url.pathname}${url.search}${url.hash}`;
}
