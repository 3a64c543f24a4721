import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AllowedHosts, callAgent, checkAgentUrl } from '../src/index.ts';
import { agentConnector, type LookupAll } from '../src/connect/agent-connector.ts';
import { collectAnswer } from './collect-answer.ts';
import { httpAnswer, requestTo, startRawAgent } from './raw-agent.ts';

/** Listens on every address of this machine. A connection to it means that the connector has failed. */
let canary: { port: number; connections: number } & AsyncDisposable;

beforeAll(async () => {
  const server = createServer((socket) => {
    canary.connections++;
    socket.on('error', () => {});
    socket.on('data', () => socket.end(httpAnswer('{"output":"reached"}')));
  });
  server.listen({ port: 0, host: '::', ipv6Only: false });
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  const close = async () => {
    server.close();
    await once(server, 'close');
  };
  canary = { port, connections: 0, [Symbol.asyncDispose]: close };
});

afterAll(() => canary[Symbol.asyncDispose]());

const ownAddresses = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .map(({ address, family }) => (family === 'IPv6' ? `[${address}]` : address));

const ipv4Forms = [
  ...['127.0.0.1', '127.1', '127.0.1', '127.0.0.1.', '127.000.000.001', '127.0.0.2', '127.255.255.254'],
  ...['2130706433', '017700000001', '0177.0.0.1', '0177.0.0.01', '0x7f000001', '0x7f.1', '0X7F.0x0.0x0.0x1'],
  ...['0.0.0.0', '0', '0x0', '00000000', '0.0.0.1'],
  ...['１２７.０.０.１', '①②⑦.⓪.⓪.①', '127。0。0。1', '%31%32%37.0.0.1', '127%2e0%2e0%2e1'],
  ...['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.0.1', '100.100.100.200', '192.0.0.192'],
  ...['168.63.129.16', '0xA83F8110'],
  ...['169.254.169.254', '2852039166', '0xA9FEA9FE', '0251.0376.0251.0376', '198.18.0.1', '198.19.255.255'],
  ...['192.0.2.1', '198.51.100.1', '203.0.113.1', '192.88.99.1', '224.0.0.1', '240.0.0.1', '255.255.255.255'],
];

const ipv6Forms = [
  ...['[::1]', '[::]', '[0:0:0:0:0:0:0:1]', '[0000::0001]', '[::0.0.0.1]'],
  ...['[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[0:0:0:0:0:FFFF:127.0.0.1]', '[::ffff:0.0.0.0]'],
  ...['[::ffff:169.254.169.254]', '[::ffff:10.0.0.1]', '[::ffff:0:127.0.0.1]'],
  ...['[::127.0.0.1]', '[::7f00:1]', '[::a9fe:a9fe]', '[::8.8.8.8]'],
  ...[
    '[64:ff9b::127.0.0.1]',
    '[64:ff9b::7f00:1]',
    '[64:ff9b::a9fe:a9fe]',
    '[64:ff9b::]',
    '[64:ff9b::168.63.129.16]',
  ],
  ...['[64:ff9b:1::7f00:1]', '[64:ff9b:1::8.8.8.8]'],
  ...['[2002:7f00:1::]', '[2002:7f00:1::1]', '[2002:0808:0808::1]', '[2001:0:7f00:1::]', '[2001:20::1]'],
  ...['[fe80::1]', '[fe80::1%25lo]', '[fe80::1%lo]', '[::1%25lo]', '[febf::1]', '[fec0::1]'],
  ...['[fc00::1]', '[fd00:ec2::254]', '[ff02::1]', '[100::1]', '[2001:db8::1]', '[3fff::1]', '[5f00::1]'],
];

const names = [
  'localhost',
  'LOCALHOST',
  'localhost.',
  'ｌｏｃａｌｈｏｓｔ',
  'lo\tcal\nhost',
  'agent.localhost',
];

/** PORT stands for the canary's port. */
const urls = [
  ...[...ipv4Forms, ...ipv6Forms, ...names].map((host) => `http://${host}:PORT/`),
  ...ownAddresses.map((host) => `http://${host}:PORT/`),
  ...[
    'https://127.0.0.1:PORT/',
    'HTTP://127.0.0.1:PORT/',
    ' http://127.0.0.1:PORT/ ',
    'ht\ntp://127.0.0.1:PORT/',
  ],
  ...['http:127.0.0.1:PORT', 'http:\\\\127.0.0.1:PORT', 'http:///127.0.0.1:PORT', 'http:/127.0.0.1:PORT/'],
  ...[
    'http://user@127.0.0.1:PORT/',
    'http://user:password@127.0.0.1:PORT/',
    'http://example.com@127.0.0.1:PORT/',
  ],
  ...[
    'http://example.com:80@127.0.0.1:PORT/',
    'http://127.0.0.1@example.com:PORT/',
    'http://@127.0.0.1:PORT/',
  ],
  ...[
    'http://127.0.0.1:PORT#@example.com/',
    'http://127.0.0.1:PORT\\@example.com/',
    'http://127.0.0.1:PORT?@a.b/',
  ],
  ...[
    '//127.0.0.1:PORT/',
    '127.0.0.1:PORT',
    'ws://127.0.0.1:PORT/',
    'ftp://127.0.0.1:PORT/',
    'gopher://127.0.0.1:PORT/',
  ],
  ...[
    'file:///etc/passwd',
    'unix:/var/run/docker.sock',
    'data:application/json,{"output":"x"}',
    'blob:http://127.0.0.1:PORT/x',
  ],
];

const withPort = (url: string) => url.replace('PORT', String(canary.port));

async function expectBlocked(
  answer: ReturnType<typeof collectAnswer>,
  reason: unknown = 'AGENT_BLOCKED_URL',
): Promise<void> {
  const before = canary.connections;
  expect(await answer).toMatchObject({ text: '', reason });
  expect(canary.connections).toBe(before);
}

describe('an address that is not on the public Internet', () => {
  it('an allowed private address is reached', async () => {
    const before = canary.connections;
    const allowedHosts = new AllowedHosts(['0.0.0.0/0', '::/0']);
    const hosts = [
      '127.0.0.1',
      '2130706433',
      '[::1]',
      '[::ffff:7f00:1]',
      'localhost',
      ...ownAddresses.slice(0, 1),
    ];
    for (const host of hosts) {
      const answer = await collectAnswer(
        callAgent(requestTo(`http://${host}:${canary.port}/`), { allowedHosts }),
      );
      expect(answer).toMatchObject({ text: 'reached' });
    }
    expect(canary.connections).toBe(before + hosts.length);
  });

  it('these tests cover more than 60 notations', () => {
    expect(new Set(urls).size).toBeGreaterThan(60);
  });

  it.each(urls)('callAgent does not connect to %j', async (url) => {
    // Not every system resolves these names.
    const reason = /localhost\.:|\.localhost:/.test(url)
      ? expect.stringMatching('AGENT_BLOCKED_URL|AGENT_UNREACHABLE')
      : 'AGENT_BLOCKED_URL';
    const limits = { connectRetries: 0 };
    await expectBlocked(collectAnswer(callAgent(requestTo(withPort(url)), { limits })), reason);
  });

  it.each(urls)('checkAgentUrl refuses %j', (url) => {
    expect(() => checkAgentUrl(withPort(url))).toThrow(
      expect.objectContaining({ reason: 'AGENT_BLOCKED_URL' }),
    );
  });
});

const resolvingTo =
  (...answers: string[][]): LookupAll =>
  (_, __, callback) => {
    const addresses = answers.length > 1 ? answers.shift() : answers[0];
    callback(
      null,
      (addresses ?? []).map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  };

function callNamed(lookup: LookupAll, allowedHosts = new AllowedHosts(), url = 'http://agent.example:PORT/') {
  const connector = agentConnector({ timeoutMs: 1_000, allowedHosts, lookup });
  return collectAnswer(
    callAgent(requestTo(withPort(url)), { connector, limits: { connectRetries: 1, connectRetryDelayMs: 1 } }),
  );
}

/** Two agents on one port, one at an allowed address and one at a forbidden address. */
async function startPair() {
  await using stack = new AsyncDisposableStack();
  const say = (text: string) => (socket: Socket) => void socket.write(httpAnswer(`{"output":"${text}"}`));
  const allowed = stack.use(await startRawAgent(say('Hi'), { host: '127.0.0.2' }));
  const { port } = new URL(allowed.url);
  const forbidden = stack.use(await startRawAgent(say('reached'), { port: Number(port) }));
  const open = stack.move();
  return {
    allowed,
    forbidden,
    namedUrl: `http://agent.example:${port}/`,
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}

describe('host names', () => {
  it.each([
    ...[
      '127.0.0.1',
      '0.0.0.0',
      '::1',
      '::',
      '::ffff:127.0.0.1',
      '::ffff:7f00:1',
      '::127.0.0.1',
      '64:ff9b::7f00:1',
    ],
    ...[
      '2002:7f00:1::',
      'fe80::1%lo',
      '::1%lo',
      '10.1.2.3',
      '169.254.169.254',
      'fd00::1',
      '127.1',
      'nonsense',
      '',
    ],
  ])('a name that resolves to %j is not called', async (address) => {
    await expectBlocked(callNamed(resolvingTo([address])));
  });

  it('a name that does not exist gives the same error as a name that resolves to a private address', async () => {
    const unknown =
      (code: string): LookupAll =>
      (_, __, callback) =>
        callback(Object.assign(new Error(code), { code }), []);
    const blocked = await callNamed(resolvingTo(['10.0.0.1']));
    for (const code of ['ENOTFOUND', 'ENODATA']) {
      const answer = await callNamed(unknown(code));
      expect(answer.error).toEqual(blocked.error);
    }
    const allowed = await callNamed(unknown('ENOTFOUND'), new AllowedHosts(['agent.example']));
    expect(allowed).toMatchObject({ reason: 'AGENT_UNREACHABLE' });
  });

  it('a name that resolves to several private addresses is called at none of them', async () => {
    await expectBlocked(callNamed(resolvingTo(['127.0.0.1', '::1', '10.0.0.1'])));
  });

  it('a name is called only at those of its addresses that are allowed', async () => {
    await using pair = await startPair();
    const lookup = resolvingTo(['127.0.0.1', '127.0.0.2', '::1']);
    const answer = await callNamed(lookup, new AllowedHosts(['127.0.0.2']), pair.namedUrl);
    expect(answer.text).toBe('Hi');
    expect([pair.allowed.connections, pair.forbidden.connections]).toEqual([1, 0]);
  });

  it('a call connects to the checked address, and a second call checks the name again', async () => {
    await using pair = await startPair();
    const lookup = resolvingTo(['127.0.0.2'], ['127.0.0.1']);
    const allowedHosts = new AllowedHosts(['127.0.0.2']);
    expect(await callNamed(lookup, allowedHosts, pair.namedUrl)).toMatchObject({ text: 'Hi' });
    await expectBlocked(callNamed(lookup, allowedHosts, pair.namedUrl));
    expect([pair.allowed.connections, pair.forbidden.connections]).toEqual([1, 0]);
  });

  it('a retry of a failed connection checks the name again', async () => {
    // Nothing listens on this port of 127.0.0.2, so the connection is refused and retried.
    await expectBlocked(
      callNamed(
        resolvingTo(['127.0.0.2'], ['127.0.0.1']),
        new AllowedHosts(['127.0.0.2']),
        'http://agent.example:1/',
      ),
    );
  });

  it('the target of a redirect is not called', async () => {
    await using agent = await startRawAgent(
      (socket) =>
        void socket.end(
          `HTTP/1.1 307 Moved\r\nLocation: http://127.0.0.1:${canary.port}/\r\nContent-Length: 0\r\n\r\n`,
        ),
      { host: '127.0.0.2' },
    );
    const before = canary.connections;
    const answer = await collectAnswer(
      callAgent(requestTo(agent.url), { allowedHosts: new AllowedHosts(['127.0.0.2']) }),
    );
    expect(answer.reason).toBe('AGENT_PROTOCOL_ERROR');
    expect(canary.connections).toBe(before);
  });
});
