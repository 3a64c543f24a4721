/**
 * The part of a path that names the procedures, still percent-encoded. A path that does not begin with the base path is
 * given whole: with its leading slash it names nothing.
 * @param basePath with a slash at both ends
 */
export function procedurePath(pathname: string, basePath: string): string {
  if (!pathname.startsWith(basePath)) return pathname;
  const named = pathname.slice(basePath.length);
  // tRPC takes two slashes off the end, no more.
  return named.endsWith('/') ? named.replace(/\/{1,2}$/, '') : named;
}
