// Determines the client's address: the peer of the socket or, if that is a trusted proxy, the address it forwards.
import type { IncomingMessage } from 'node:http';
import { BlockList, isIP, isIPv6, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

export interface TrustedProxies {
  readonly isEmpty: boolean;
  includes(address: string): boolean;
}

export const noTrustedProxies: TrustedProxies = { isEmpty: true, includes: () => false };

/** @param ranges addresses and CIDR ranges. @throws Error that names the first invalid one */
export function createTrustedProxies(ranges: readonly string[]): TrustedProxies {
  if (ranges.length === 0) return noTrustedProxies;
  const list = new BlockList();
  for (const range of ranges) addRange(list, range);
  return { isEmpty: false, includes: (address) => list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4') };
}

function addRange(list: BlockList, range: string): void {
  const [address = '', prefix, ...rest] = range.split('/');
  const version = isIP(address);
  const family = version === 6 ? 'ipv6' : 'ipv4';
  const bits = Number(prefix);
  const isRange = /^\d+$/.test(prefix ?? '') && bits <= (version === 6 ? 128 : 32);
  if (version === 0 || rest.length > 0 || (prefix !== undefined && !isRange)) {
    throw new Error(`${range} is neither an address nor a CIDR range such as 10.0.0.0/8`);
  }
  if (prefix === undefined) list.addAddress(address, family);
  else list.addSubnet(address, bits, family);
}

export function clientOf(
  { socket, headers }: IncomingMessage,
  trustedProxies: TrustedProxies,
): { address: string; isSecure: boolean } {
  const peer = peerOf(socket);
  const isOverTls = socket instanceof TLSSocket;
  if (peer === 'unknown' || !trustedProxies.includes(peer)) return { address: peer, isSecure: isOverTls };
  const protocol = firstOf(headers['x-forwarded-proto']);
  return {
    address: forwardedAddress(headers['x-forwarded-for'], peer, trustedProxies),
    isSecure: protocol === undefined ? isOverTls : protocol === 'https',
  };
}

/** The address of the other end of the connection. A closed socket has none. */
export function peerOf({ remoteAddress = '' }: Pick<Socket, 'remoteAddress'>): string {
  return plainAddress(remoteAddress) ?? 'unknown';
}

/**
 * Each proxy appends the address of its own peer, so the list is read from the right for as long as the address is a
 * trusted proxy. Anything further to the left may be forged.
 */
function forwardedAddress(
  header: string | string[] | undefined,
  peer: string,
  trustedProxies: TrustedProxies,
): string {
  let address = peer;
  const entries = String(header ?? '').split(',');
  while (trustedProxies.includes(address)) {
    const entry = entries.pop();
    const next = entry === undefined ? undefined : plainAddress(withoutPort(entry.trim()));
    if (next === undefined) break;
    address = next;
  }
  return address;
}

/**
 * The one notation of an address, so that a client is counted once however its address is written: without a zone
 * (`fe80::1%eth0`), the shortest form of IPv6 (RFC 5952), and IPv4 in place of IPv4-mapped IPv6 in any notation
 * (`::ffff:10.0.0.1`, `::ffff:a00:1`). Undefined if the text is not an address.
 */
function plainAddress(text: string): string | undefined {
  const zone = text.indexOf('%');
  const address = zone === -1 ? text : text.slice(0, zone);
  const version = isIP(address);
  if (version !== 6) return version === 4 ? address : undefined;
  // The URL parser writes IPv6 in its shortest form, with hexadecimal digits only.
  const short = URL.parse(`http://[${address}]/`)?.hostname.slice(1, -1);
  const [, high, low] = /^::ffff:([\da-f]+):([\da-f]+)$/.exec(short ?? '') ?? [];
  return high === undefined || low === undefined ? short : `${bytesOf(high)}.${bytesOf(low)}`;
}

/** Two of the four numbers of an IPv4 address, from 16 bits in hexadecimal digits. */
function bytesOf(group: string): string {
  const value = Number.parseInt(group, 16);
  return `${value >> 8}.${value & 0xff}`;
}

/** Some proxies append a port: `203.0.113.9:4711`, `[2001:db8::1]:4711`. */
function withoutPort(entry: string): string {
  const bracketed = /^\[([^\]]*)\](?::\d+)?$/.exec(entry);
  if (bracketed !== null) return bracketed[1] ?? '';
  return /^[\d.]+:\d+$/.test(entry) ? entry.slice(0, entry.indexOf(':')) : entry;
}

function firstOf(header: string | string[] | undefined): string | undefined {
  return header === undefined ? undefined : String(header).split(',', 1)[0]?.trim().toLowerCase();
}
