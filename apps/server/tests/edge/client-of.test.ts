import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { clientOf, createTrustedProxies } from '../../src/edge/client-of.ts';
import { networkOf } from '../../src/edge/network-of.ts';

function requestFrom(peer: string, headers: Record<string, string> = {}): IncomingMessage {
  const socket = new Socket();
  Object.defineProperty(socket, 'remoteAddress', { value: peer });
  const request = new IncomingMessage(socket);
  Object.assign(request.headers, headers);
  return request;
}

const proxies = createTrustedProxies(['10.0.0.0/8', '127.0.0.1', 'fd00::/8']);

describe("the client's address", () => {
  test.each<{ peer: string; forwardedFor?: string; address: string; why: string }>([
    { peer: '203.0.113.9', address: '203.0.113.9', why: 'no proxy' },
    {
      peer: '203.0.113.9',
      forwardedFor: '1.1.1.1',
      address: '203.0.113.9',
      why: 'the peer is not a trusted proxy',
    },
    {
      peer: '10.0.0.1',
      forwardedFor: '203.0.113.9',
      address: '203.0.113.9',
      why: 'the trusted proxy forwards it',
    },
    { peer: '10.0.0.1', address: '10.0.0.1', why: 'the trusted proxy forwards no address' },
    {
      peer: '10.0.0.1',
      forwardedFor: '1.1.1.1, 203.0.113.9',
      address: '203.0.113.9',
      why: 'a client may have forged the left entry',
    },
    {
      peer: '10.0.0.1',
      forwardedFor: '203.0.113.9, 10.0.0.2',
      address: '203.0.113.9',
      why: 'both proxies are trusted',
    },
    {
      peer: '10.0.0.1',
      forwardedFor: '203.0.113.9, junk',
      address: '10.0.0.1',
      why: 'an invalid entry ends the search',
    },
    {
      peer: '10.0.0.1',
      forwardedFor: '10.0.0.3, 10.0.0.2',
      address: '10.0.0.3',
      why: 'the client is in a trusted range',
    },
    {
      peer: '10.0.0.1',
      forwardedFor: '203.0.113.9:4711',
      address: '203.0.113.9',
      why: 'a port is removed',
    },
    {
      peer: '10.0.0.1',
      forwardedFor: '[2001:db8::7]:4711',
      address: '2001:db8::7',
      why: 'a port is removed from IPv6 too',
    },
    {
      peer: '::ffff:10.0.0.1',
      forwardedFor: '203.0.113.9',
      address: '203.0.113.9',
      why: 'an IPv4-mapped proxy is trusted',
    },
    {
      peer: '::ffff:a00:1',
      forwardedFor: '203.0.113.9',
      address: '203.0.113.9',
      why: 'an IPv4-mapped proxy in hexadecimal digits is trusted',
    },
    ...[
      '::ffff:cb00:7109',
      '0:0:0:0:0:FFFF:203.0.113.9',
      '[::ffff:cb00:7109]:4711',
      '::FFFF:203.0.113.9',
    ].map((forwardedFor) => ({
      peer: '10.0.0.1',
      forwardedFor,
      address: '203.0.113.9',
      why: `${forwardedFor} is the same IPv4 address`,
    })),
    {
      peer: '10.0.0.1',
      forwardedFor: '2001:0db8:0000:0000:0000:0000:0000:0007',
      address: '2001:db8::7',
      why: 'an IPv6 address has one notation',
    },
    { peer: 'fd00::1', forwardedFor: '2001:DB8::7', address: '2001:db8::7', why: 'an IPv6 range is trusted' },
    { peer: 'fe80::1%eth0', address: 'fe80::1', why: 'a zone is removed' },
  ])('is $address: $why', ({ peer, forwardedFor, address }) => {
    const headers = forwardedFor === undefined ? {} : { 'x-forwarded-for': forwardedFor };
    expect(clientOf(requestFrom(peer, headers), proxies).address).toBe(address);
  });
});

test('x-forwarded-proto is believed from a trusted proxy only', () => {
  const https = { 'x-forwarded-proto': 'https' };
  expect(clientOf(requestFrom('10.0.0.1', https), proxies).isSecure).toBe(true);
  expect(clientOf(requestFrom('10.0.0.1', { 'x-forwarded-proto': 'http' }), proxies).isSecure).toBe(false);
  expect(clientOf(requestFrom('203.0.113.9', https), proxies).isSecure).toBe(false);
});

test.each([
  '10.0.0.0/33',
  '10.0.0/8',
  'proxy.internal',
  '10.0.0.1/8/9',
  '::1/129',
  '10.0.0.1/',
  '10.0.0.1/-1',
])('%s is no range of proxies', (range) => {
  expect(() => createTrustedProxies([range])).toThrow(range);
});

test.each([
  ['203.0.113.9', '203.0.113.9'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8:1:2::', '2001:db8:1:2::/64'],
  ['2001:db8:1::9', '2001:db8:1:0::/64'],
  ['2001:0db8::1', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['64:ff9b::192.0.2.33', '64:ff9b:0:0::/64'],
])('%s is counted as %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});
