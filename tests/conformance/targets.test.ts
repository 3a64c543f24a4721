// Request lines and hosts that come from proxies and attackers rather than clients.
import { describe, expect, test } from 'vitest';
import { sendRaw } from './support/send-raw.ts';
import { serveBoth } from './support/serve-both.ts';

interface RawRequest {
  target?: string;
  headers?: string[];
}

const requests: Record<string, RawRequest> = {
  'an absolute target': { target: 'http://elsewhere.example/trpc/now' },
  'an absolute target with a query': {
    target: 'http://elsewhere.example:81/trpc/greet?input=%7B%22name%22%3A%22x%22%7D',
  },
  'a target that starts with two slashes': { target: '//elsewhere.example/trpc/now' },
  'a target of two slashes': { target: '//' },
  'a host with a port': { headers: ['Host: localhost:8000'] },
  'a host of IPv6': { headers: ['Host: [::1]:8000'] },
  'a host that is not valid': { headers: ['Host: a b'] },
  'a host with an invalid port': { headers: ['Host: localhost:99999'] },
  'a host that looks like an IPv4 address but is not one': { headers: ['Host: 999.999.999.999'] },
  'an empty host': { headers: ['Host:'] },
  'two content types': {
    headers: ['Host: a', 'Content-Type: application/json', 'Content-Type: text/plain'],
  },
  'two accept headers': { headers: ['Host: a', 'Accept: text/html', 'Accept: text/plain'] },
  'bytes beyond ASCII': { target: '/trpc/n\u00f6w' },
  'a backslash': { target: '/trpc\\now' },
};

/** The status and the body of a raw response, without its headers and chunk sizes. */
function responseOf(received: string): { status: string; body: string } {
  const [head = '', body = ''] = received.split('\r\n\r\n', 2);
  const isChunked = /^transfer-encoding: chunked/im.test(head);
  return { status: head.split('\r\n', 1)[0] ?? '', body: isChunked ? (body.split('\r\n')[1] ?? '') : body };
}

describe("an unusual request line or host gets the response of tRPC's own adapter", () => {
  test.each(Object.entries(requests))(
    '%s',
    async (_title, { target = '/trpc/now', headers = ['Host: a'] }) => {
      await using servers = await serveBoth({ transformer: 'none' });
      const text = [`GET ${target} HTTP/1.1`, ...headers, 'Connection: close', '', ''].join('\r\n');
      const [expected, actual] = await Promise.all([
        sendRaw(servers.stock, text),
        sendRaw(servers.ours, text),
      ]);
      expect(responseOf(actual)).toEqual(responseOf(expected));
      expect(servers.ours.errors).toEqual(servers.stock.errors);
    },
  );

  test('credentials in the host are refused with 400, and not repeated', async () => {
    await using servers = await serveBoth({ transformer: 'none' });
    const text = 'GET /trpc/now HTTP/1.1\r\nHost: user:secret@a\r\nConnection: close\r\n\r\n';
    const [stock, ours] = await Promise.all([sendRaw(servers.stock, text), sendRaw(servers.ours, text)]);
    expect(responseOf(stock).status).toBe('HTTP/1.1 500 Internal Server Error');
    expect(responseOf(ours).status).toBe('HTTP/1.1 400 Bad Request');
    expect(ours).not.toContain('secret');
  });

  test('a path outside the base path names no procedure', async () => {
    await using servers = await serveBoth({ transformer: 'none' });
    const text = 'GET /cprt/now HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
    const [stock, ours] = await Promise.all([sendRaw(servers.stock, text), sendRaw(servers.ours, text)]);
    expect(responseOf(stock).status).toBe('HTTP/1.1 200 OK');
    expect(responseOf(ours).status).toBe('HTTP/1.1 404 Not Found');
    expect(ours).toContain('No procedure found on path \\"/cprt/now\\"');
  });
});
