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
    { peer: '203.0.113.9', address: '203.0.113.9', why: 'there is no proxy' },
    {
      peer: '203.0.113.9',
      forwardedFor: '1.1.1.1',
      address: '203.0.113.9',
      why: 'the peer is no proxy of ours',
    },
    { peer: '10.0.0.1', forwardedFor: '203.0.113.9', address: '203.0.113.9', why: 'our proxy says so' },
    { peer: '10.0.0.1', address: '10.0.0.1', why: 'our proxy says nothing' },
    {
      peer: '10.0.0.1',
      forwardedFor: '1.1.1.1, 203.0.113.9',
      address: '203.0.113.9',
      why: 'the left one is invented',
    },
    {
      peer: '10.0.0.1',
      forwardedFor: '203.0.113.9, 10.0.0.2',
      address: '203.0.113.9',
      why: 'two proxies are ours',
    },
    {
      peer: '10.0.0.1',
      forwardedFor: '203.0.113.9, junk',
      address: '10.0.0.1',
      why: 'nobody knows what junk hides',
    },
    {
      peer: '10.0.0.1',
      forwardedFor: '10.0.0.3, 10.0.0.2',
      address: '10.0.0.3',
      why: 'the client is on our network',
    },
    {
      peer: '10.0.0.1',
      forwardedFor: '203.0.113.9:4711',
      address: '203.0.113.9',
      why: 'some proxies add the port',
    },
    {
      peer: '10.0.0.1',
      forwardedFor: '[2001:db8::7]:4711',
      address: '2001:db8::7',
      why: 'as they do to IPv6',
    },
    {
      peer: '::ffff:10.0.0.1',
      forwardedFor: '203.0.113.9',
      address: '203.0.113.9',
      why: 'a proxy may come over IPv6',
    },
    { peer: 'fd00::1', forwardedFor: '2001:DB8::7', address: '2001:db8::7', why: 'ranges may be IPv6' },
    { peer: 'fe80::1%eth0', address: 'fe80::1', why: 'a zone is not part of it' },
  ])('is $address, since $why', ({ peer, forwardedFor, address }) => {
    const headers = forwardedFor === undefined ? {} : { 'x-forwarded-for': forwardedFor };
    expect(clientOf(requestFrom(peer, headers), proxies).address).toBe(address);
  });
});

test('HTTPS is believed from a proxy of ours alone', () => {
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
