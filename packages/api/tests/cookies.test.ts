import { describe, expect, test } from 'vitest';
import { createAuthCookies } from '../src/auth/cookies.ts';

const values = { accessToken: 'a.b.c', sessionId: 'session' };

describe('over HTTPS, the cookies of a login', () => {
  const cookies = createAuthCookies({ isSecure: true });

  test('over HTTPS, login cookies are Secure, HttpOnly, SameSite=Strict and bound to this host', () => {
    const headers = [...cookies.write(values), ...cookies.clear()];
    expect(headers).toHaveLength(4);
    for (const header of headers) {
      const [nameAndValue, ...attributes] = header.split('; ');
      expect(nameAndValue).toMatch(/^__Host-parley_(access|session)=/);
      expect(attributes).toEqual(expect.arrayContaining(['Path=/', 'HttpOnly', 'Secure', 'SameSite=Strict']));
      expect(attributes.join()).not.toMatch(/domain/i);
    }
  });

  test('over HTTPS, cookies without the __Host- prefix are ignored, because a subdomain could set them', () => {
    expect(cookies.read('__Host-parley_access=a.b.c; __Host-parley_session=session')).toEqual(values);
    expect(cookies.read('parley_access=a.b.c; __host-parley_session=session')).toEqual({
      accessToken: undefined,
      sessionId: undefined,
    });
  });
});
