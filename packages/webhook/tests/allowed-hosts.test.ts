import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AllowedHosts, checkAgentUrl } from '../src/index.ts';
import { mayConnect } from '../src/connect/agent-connector.ts';
import { parseIpAddress, parseIpRange } from '../src/connect/ip-address.ts';
import { isPublicAddress } from '../src/connect/is-public-address.ts';

describe('allowed hosts', () => {
  it.each([
    ['n8n', 'n8n', 80, true],
    ['n8n', 'N8N.', 80, true],
    ['n8n', 'n8n.example.com', 80, false],
    ['my_service', 'my_service', 5678, true],
    ['Bücher.Example', 'xn--bcher-kva.example', 443, true],
    ['n8n:5678', 'n8n', 5678, true],
    ['n8n:5678', 'n8n', 80, false],
    ['n8n:80', 'n8n', 80, true],
    ['*.internal.example', 'a.internal.example', 443, true],
    ['*.internal.example', 'a.b.internal.example', 443, true],
    ['*.internal.example', 'internal.example', 443, false],
    ['*.internal.example', 'evil-internal.example', 443, false],
    ['*.internal.example', 'a.internal.example.evil.com', 443, false],
    ['*.internal.example:8443', 'a.internal.example', 443, false],
    ['127.0.0.1', 'localhost', 80, false],
  ])('the entry %s allows the name %s at port %d: %s', (entry, name, port, isAllowed) => {
    expect(new AllowedHosts([entry]).allowsName(name, port)).toBe(isAllowed);
  });

  it.each([
    ['10.0.0.0/8', '10.255.0.1', 80, true],
    ['172.16.0.0/12', '172.31.0.1', 80, true],
    ['172.16.0.0/16', '172.31.0.1', 80, false],
    ['10.0.0.0/8', '192.168.0.1', 80, false],
    ['10.1.2.3/8', '10.9.9.9', 80, true],
    ['10.0.0.0/8', '::ffff:10.0.0.1', 80, true],
    ['::ffff:10.0.0.0/104', '10.0.0.1', 80, true],
    ['192.168.1.5', '192.168.1.5', 80, true],
    ['192.168.1.5', '192.168.1.6', 80, false],
    ['192.168.1.5:5678', '192.168.1.5', 5678, true],
    ['192.168.1.5:5678', '192.168.1.5', 80, false],
    ['0x7f.1', '127.0.0.1', 80, true],
    ['fd00::/8', 'fd12::1', 80, true],
    ['fd00::/8', 'fc00::1', 80, false],
    ['fe80::/10', 'fe80::1%eth0', 80, true],
    ['::1', '::1', 80, true],
    ['[::1]', '0:0:0:0:0:0:0:1', 80, true],
    ['[::1]:5678', '::1', 5678, true],
    ['[::1]:5678', '::1', 80, false],
    ['10.0.0.0/8', '64:ff9b::a00:1', 80, false],
    ['0.0.0.0/0', '::1', 80, false],
    ['::/0', '::1', 80, true],
    ['n8n', '127.0.0.1', 80, false],
  ])('the entry %s allows the address %s at port %d: %s', (entry, address, port, isAllowed) => {
    expect(mayConnect(address, port, new AllowedHosts([entry]))).toBe(isAllowed);
  });

  it.each([
    ...[
      '',
      ' ',
      '*',
      '*.',
      '*.*.example',
      'a*.example',
      'http://n8n',
      'n8n/path',
      'user@n8n',
      'n8n:port',
      'n8n:99999',
    ],
    ...[
      '10.0.0.0/33',
      '10.0.0/8',
      '10.0.0.0/-1',
      '10.0.0.0/8:80',
      '10.0.0.0/8/8',
      '*.10.0.0.1',
      '::1:80:',
      '[::1',
      'a b',
    ],
  ])('AllowedHosts refuses the entry %j with a RangeError', (entry) => {
    expect(() => new AllowedHosts([entry])).toThrow(RangeError);
  });

  it('checkAgentUrl refuses exactly the addresses that every call would refuse', () => {
    const allowed = new AllowedHosts(['127.0.0.1:5678', 'n8n', '*.localhost:81']);
    for (const url of [
      'http://127.0.0.1:5678/x',
      'http://localhost:5678/',
      'http://n8n/',
      'https://a.example/',
      'http://a.localhost:81',
    ])
      expect(() => checkAgentUrl(url, allowed)).not.toThrow();
    for (const url of ['http://127.0.0.1/x', 'http://localhost/', 'https://10.0.0.1/', 'http://[::1]:5678/'])
      expect(() => checkAgentUrl(url, allowed)).toThrow(
        expect.objectContaining({ reason: 'AGENT_BLOCKED_URL' }),
      );
  });
});

describe('IP addresses', () => {
  it.each([
    '8.8.8.8',
    '1.1.1.1',
    '172.32.0.1',
    '100.128.0.1',
    '2606:4700:4700::1111',
    '2a00::1',
    '::ffff:8.8.8.8',
    '64:ff9b::808:808',
  ])('the address %s is public', (address) => {
    expect(mayConnect(address, 80, new AllowedHosts())).toBe(true);
  });

  it('an IPv6 address is parsed to the same value in every notation, with and without a zone', () => {
    fc.assert(
      fc.property(fc.ipV6(), (written) => {
        const address = parseIpAddress(written);
        const groups = URL.parse(`http://[${written}]/`)?.hostname.slice(1, -1) ?? '';
        expect(parseIpAddress(groups)).toEqual(address);
        expect(parseIpAddress(`${written}%eth0`)).toEqual(address);
      }),
    );
  });

  it('an IPv4-mapped or NAT64 address is public exactly if the IPv4 address is', () => {
    fc.assert(
      fc.property(fc.ipV4(), (written) => {
        const isPublic = (text: string) => {
          const address = parseIpAddress(text);
          return address !== undefined && isPublicAddress(address);
        };
        expect(isPublic(`::ffff:${written}`)).toBe(isPublic(written));
        expect(isPublic(`64:ff9b::${written}`)).toBe(isPublic(written));
        expect(isPublic(`::${written}`)).toBe(false);
        expect(isPublic(`fd00::${written}`)).toBe(false);
      }),
    );
  });

  it('parsing any string gives undefined or a value within the bits of the address', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 20 }), (text) => {
        const address = parseIpAddress(text);
        if (address !== undefined) expect(address.value < 1n << BigInt(address.bits)).toBe(true);
        const range = parseIpRange(text);
        if (range !== undefined) expect(range.prefix).toBeLessThanOrEqual(range.base.bits);
      }),
    );
  });
});
