// The two cookies of a login. Over HTTPS their names carry the `__Host-` prefix (RFC 6265bis): no subdomain can set them.
import { parseCookie, stringifySetCookie } from 'cookie';
import { SESSION_SECONDS } from './sessions.ts';

const MAX_COOKIE_HEADER_CHARS = 16_384;

export interface AuthCookies {
  /** What a request's `Cookie` header holds. */
  read(header: string | undefined): { accessToken: string | undefined; sessionId: string | undefined };
  /** `Set-Cookie` headers. */
  write(values: { accessToken: string; sessionId: string }): string[];
  /** `Set-Cookie` headers that remove both. */
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
    // Both cookies live as long as the session: an expired access token is how a client learns that it may refresh.
    write: ({ accessToken, sessionId }) => [
      serialize(accessName, accessToken, SESSION_SECONDS),
      serialize(sessionName, sessionId, SESSION_SECONDS),
    ],
    clear: () => [serialize(accessName, '', 0), serialize(sessionName, '', 0)],
  };
}
