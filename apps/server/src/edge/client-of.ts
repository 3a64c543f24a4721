// Who is at the other end. The socket knows its peer; where that is a proxy of ours, the proxy knows better.
import type { IncomingMessage } from 'node:http';
import { BlockList, isIP, isIPv6 } from 'node:net';
import { TLSSocket } from 'node:tls';

export interface TrustedProxies {
  includes(address: string): boolean;
}

export const noTrustedProxies: TrustedProxies = { includes: () => false };

const mappedIPv4 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/** @param ranges addresses and CIDR ranges. @throws Error that names the first one that is neither */
export function createTrustedProxies(ranges: readonly string[]): TrustedProxies {
  if (ranges.length === 0) return noTrustedProxies;
  const list = new BlockList();
  for (const range of ranges) addRange(list, range);
  return { includes: (address) => list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4') };
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
  // A socket that is closed already has no address any more.
  const peer = plainAddress(socket.remoteAddress ?? '') ?? 'unknown';
  const isOverTls = socket instanceof TLSSocket;
  if (peer === 'unknown' || !trustedProxies.includes(peer)) return { address: peer, isSecure: isOverTls };
  const protocol = firstOf(headers['x-forwarded-proto']);
  return {
    address: forwardedAddress(headers['x-forwarded-for'], peer, trustedProxies),
    isSecure: protocol === undefined ? isOverTls : protocol === 'https',
  };
}

/**
 * Each proxy adds the address of who spoke to it at the right end, so the list is believed from there, as long as the
 * one who speaks is a proxy of ours. What stands further to the left may be anybody's invention.
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

/** Without a zone (`fe80::1%eth0`), and IPv4 as such where it comes as an IPv6 address; undefined for anything else. */
function plainAddress(text: string): string | undefined {
  const zone = text.indexOf('%');
  const address = zone === -1 ? text : text.slice(0, zone);
  if (isIP(address) === 0) return undefined;
  return mappedIPv4.exec(address)?.[1] ?? address.toLowerCase();
}

/** Some proxies write `203.0.113.9:4711` and `[2001:db8::1]:4711`. */
function withoutPort(entry: string): string {
  const bracketed = /^\[([^\]]*)\](?::\d+)?$/.exec(entry);
  if (bracketed !== null) return bracketed[1] ?? '';
  return /^[\d.]+:\d+$/.test(entry) ? entry.slice(0, entry.indexOf(':')) : entry;
}

function firstOf(header: string | string[] | undefined): string | undefined {
  return header === undefined ? undefined : String(header).split(',', 1)[0]?.trim().toLowerCase();
}
