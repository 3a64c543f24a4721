import { createClient, type Client } from '@parley/client';
import { cookies } from 'next/headers';

const url = process.env['PARLEY_URL'] ?? 'http://127.0.0.1:8000';

/**
 * For server components: calls as the user whose browser asks. A server component cannot set cookies, so a renewed access
 * token lasts for this request; the browser's own client renews it for good.
 */
export async function createServerClient(): Promise<Client> {
  const jar = new Map((await cookies()).getAll().map(({ name, value }) => [name, value]));
  return createClient({
    url,
    cookies: {
      getCookieString: () =>
        Promise.resolve(Array.from(jar, ([name, value]) => `${name}=${value}`).join('; ')),
      setCookie(header) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(header) ?? [];
        jar.set(name, value);
        return Promise.resolve();
      },
    },
  });
}
