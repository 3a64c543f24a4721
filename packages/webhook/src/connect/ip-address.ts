// IP addresses as numbers, so that a range check is one comparison, whatever the notation.

import { isIPv4, isIPv6 } from 'node:net';

export interface IpAddress {
  bits: 32 | 128;
  value: bigint;
}

/** All addresses that begin with the same `prefix` bits as `base`. */
export interface IpRange {
  base: IpAddress;
  prefix: number;
}

/**
 * Parses an address in its usual notations and ignores an IPv6 zone (`%eth0`). An IPv4-mapped IPv6 address becomes the IPv4
 * address, since the system connects to the same host.
 */
export function parseIpAddress(text: string): IpAddress | undefined {
  if (isIPv4(text)) return { bits: 32, value: valueOf(text.split('.'), 8, 10) };
  if (!isIPv6(text)) return undefined;
  // The URL parser knows every notation, and writes 1 to 8 groups of hexadecimal digits with at most one gap (`::`).
  const written = URL.parse(`http://[${text.replace(/%.*$/s, '')}]/`)?.hostname.slice(1, -1);
  if (written === undefined) return undefined;
  const [before = '', after] = written.split('::');
  const start = groupsOf(before);
  const end = groupsOf(after ?? '');
  const gap = Array.from({ length: 8 - start.length - end.length }, () => '0');
  const value = valueOf([...start, ...gap, ...end], 16, 16);
  return isInRange({ bits: 128, value }, mapped)
    ? { bits: 32, value: lastBits(value) }
    : { bits: 128, value };
}

/** Parses `10.0.0.0/8`, `fd00::/8`, or a single address, which is a range of one. */
export function parseIpRange(text: string): IpRange | undefined {
  const [address = '', prefix, ...more] = text.split('/');
  const base = parseIpAddress(address);
  if (base === undefined || more.length > 0) return undefined;
  if (prefix === undefined) return { base, prefix: base.bits };
  if (!/^\d{1,3}$/.test(prefix)) return undefined;
  // ::ffff:10.0.0.0/104 is 10.0.0.0/8.
  const length = isIPv6(address) && base.bits === 32 ? Number(prefix) - 96 : Number(prefix);
  return length >= 0 && length <= base.bits ? { base, prefix: length } : undefined;
}

export function isInRange(address: IpAddress, { base, prefix }: IpRange): boolean {
  if (address.bits !== base.bits) return false;
  const rest = BigInt(address.bits - prefix);
  return address.value >> rest === base.value >> rest;
}

/** The IPv4 address in the last 32 bits. */
export function lastBits(value: bigint): bigint {
  return value & 0xffffffffn;
}

const mapped: IpRange = { base: { bits: 128, value: 0xffffn << 32n }, prefix: 96 };

function groupsOf(text: string): string[] {
  return text === '' ? [] : text.split(':');
}

function valueOf(groups: readonly string[], bitsEach: number, radix: number): bigint {
  return groups.reduce(
    (value, group) => (value << BigInt(bitsEach)) | BigInt(Number.parseInt(group, radix)),
    0n,
  );
}
