// The two cookies of a login. Over HTTPS their names have the `__Host-` prefix (RFC 6265bis), so no subdomain can set them.
import { parseCookie, stringifySetCookie } from 'cookie';
import { SESSION_SECONDS } from './sessions.ts';

const MAX_COOKIE_HEADER_CHARS = 16_384;

export interface AuthCookies {
  /** Reads a `Cookie` header. */
  read(header: string | undefined): { accessToken: string | undefined; sessionId: string | undefined };
  /** Returns `Set-Cookie` headers. */
  write(values: { accessToken: string; sessionId: string }): string[];
  /** Returns `Set-Cookie` headers that remove both cookies. */
  clear(): string[];
}

/** @param isSecure whether browsers reach the server over HTTPS */
export function createAuthCookies({ isSecure }: { isSecure: boolean }): AuthCookies {
  const prefix = isSecure ? '__Host-' : '';
  const accessName = `${prefix}parley_access`;
  const sessionName = `${prefix}parley_session`;
  const serialize = (name: string, value: string, maxAge: number): string =>
    stringifySetCookie({
      name,
      value,
      maxAge,
      path: '/',
      httpOnly: true,
      sameSite: 'strict',
      secure: isSecure,
    });
  return {
    read(header = '') {
      if (header.length > MAX_COOKIE_HEADER_CHARS) return { accessToken: undefined, sessionId: undefined };
      const cookies = parseCookie(header);
      return { accessToken: cookies[accessName], sessionId: cookies[sessionName] };
    },
    // The cookie outlives its access token: a client that sends an expired token learns that it may refresh.
    write: ({ accessToken, sessionId }) => [
      serialize(accessName, accessToken, SESSION_SECONDS),
      serialize(sessionName, sessionId, SESSION_SECONDS),
    ],
    clear: () => [serialize(accessName, '', 0), serialize(sessionName, '', 0)],
  };
}
