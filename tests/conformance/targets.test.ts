// Request lines and hosts that no client would send, but a proxy or an attacker.
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
  'a target that begins with two slashes': { target: '//elsewhere.example/trpc/now' },
  'a target of two slashes': { target: '//' },
  'a host with a port': { headers: ['Host: localhost:8000'] },
  'a host of IPv6': { headers: ['Host: [::1]:8000'] },
  'a host that is none': { headers: ['Host: a b'] },
  'a host with a port that is none': { headers: ['Host: localhost:99999'] },
  'a host that looks like an address, and is none': { headers: ['Host: 999.999.999.999'] },
  'an empty host': { headers: ['Host:'] },
  'a type that is sent twice': {
    headers: ['Host: a', 'Content-Type: application/json', 'Content-Type: text/plain'],
  },
  'an accept header that is sent twice': { headers: ['Host: a', 'Accept: text/html', 'Accept: text/plain'] },
  'bytes over ASCII': { target: '/trpc/n\u00f6w' },
  'a backslash': { target: '/trpc\\now' },
};

/** What is no part of the answer: how it is framed, and its framing in chunks. */
function answerOf(received: string): { status: string; body: string } {
  const [head = '', body = ''] = received.split('\r\n\r\n', 2);
  const isChunked = /^transfer-encoding: chunked/im.test(head);
  return { status: head.split('\r\n', 1)[0] ?? '', body: isChunked ? (body.split('\r\n')[1] ?? '') : body };
}

describe('a request line or a host that is unusual is taken as tRPC takes it', async () => {
  test.each(Object.entries(requests))(
    '%s',
    async (_title, { target = '/trpc/now', headers = ['Host: a'] }) => {
      await using servers = await serveBoth({ transformer: 'none' });
      const text = [`GET ${target} HTTP/1.1`, ...headers, 'Connection: close', '', ''].join('\r\n');
      const [expected, actual] = await Promise.all([
        sendRaw(servers.stock, text),
        sendRaw(servers.ours, text),
      ]);
      expect(answerOf(actual)).toEqual(answerOf(expected));
      expect(servers.ours.errors).toEqual(servers.stock.errors);
    },
  );

  test('credentials in the host are refused', async () => {
    await using servers = await serveBoth({ transformer: 'none' });
    const text = 'GET /trpc/now HTTP/1.1\r\nHost: user:secret@a\r\nConnection: close\r\n\r\n';
    const [stock, ours] = await Promise.all([sendRaw(servers.stock, text), sendRaw(servers.ours, text)]);
    expect(answerOf(stock).status).toBe('HTTP/1.1 500 Internal Server Error');
    expect(answerOf(ours).status).toBe('HTTP/1.1 400 Bad Request');
    expect(ours).not.toContain('secret');
  });

  test('a path outside of where the router is mounted names no procedure', async () => {
    await using servers = await serveBoth({ transformer: 'none' });
    const text = 'GET /cprt/now HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
    const [stock, ours] = await Promise.all([sendRaw(servers.stock, text), sendRaw(servers.ours, text)]);
    expect(answerOf(stock).status).toBe('HTTP/1.1 200 OK');
    expect(answerOf(ours).status).toBe('HTTP/1.1 404 Not Found');
    expect(ours).toContain('No procedure found on path \\"/cprt/now\\"');
  });
});
