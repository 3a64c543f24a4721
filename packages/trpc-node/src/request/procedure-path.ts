// From the path of a URL to the procedures that it names.
import { TRPCError, type AnyTRPCProcedure, type AnyTRPCRouter, type TRPCPathSeparator } from '@trpc/server';
import { getProcedureAtPath } from '@trpc/server/unstable-core-do-not-import';

/**
 * The part of a path that names the procedures, still percent-encoded. A path outside `basePath` is returned unchanged:
 * with its leading slash it names no procedure.
 * @param basePath with a slash at both ends
 */
export function procedurePath(pathname: string, basePath: string): string {
  if (!pathname.startsWith(basePath)) return pathname;
  const named = pathname.slice(basePath.length);
  // tRPC drops one or two trailing slashes and keeps further ones.
  return named.endsWith('/') ? named.replace(/\/{1,2}$/, '') : named;
}

/**
 * Decodes a path to the router's own notation.
 * @throws TRPCError BAD_REQUEST
 */
export function decodePath(path: string, separator: TRPCPathSeparator): string {
  const decoded = path.includes('%') ? decodePercents(path) : path;
  return separator === '.' ? decoded : decoded.replaceAll(separator, '.');
}

function decodePercents(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch (cause) {
    const message = `Invalid URL-encoding in path "${path}"`;
    throw new TRPCError({ code: 'BAD_REQUEST', message, cause });
  }
}

/** Returns a promise only if a lazy router may have to be loaded first. */
export function findProcedure(
  router: AnyTRPCRouter,
  path: string,
): AnyTRPCProcedure | null | Promise<AnyTRPCProcedure | null> {
  const { procedures, lazy } = router._def;
  const procedure: AnyTRPCProcedure | undefined = procedures[path];
  if (procedure !== undefined) return procedure;
  for (const _ in lazy) return getProcedureAtPath(router, path);
  return null;
}
