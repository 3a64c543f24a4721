import { TRPCError, type TRPCPathSeparator } from '@trpc/server';

/**
 * A procedure's path as the router knows it, from the path in a URL.
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
