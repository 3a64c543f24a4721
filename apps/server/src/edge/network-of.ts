import { isIPv6 } from 'node:net';

/**
 * The rate-limit key of an address: the IPv4 address, or the /64 of an IPv6 address, since a single subscriber gets a
 * whole /64 (RFC 6177).
 */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  const [head = '', tail = ''] = address.split('::');
  const left = groupsOf(head);
  const right = groupsOf(tail);
  const zeros = address.includes('::')
    ? Array.from({ length: 8 - left.length - right.length }, () => '0')
    : [];
  const network = [...left, ...zeros, ...right].slice(0, 4);
  return `${network.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`;
}

/** The groups of 16 bits. An IPv4 suffix counts as two groups; their value does not matter, as the /64 ends before. */
function groupsOf(part: string): string[] {
  if (part === '') return [];
  return part.split(':').flatMap((group) => (group.includes('.') ? ['0', '0'] : [group]));
}
