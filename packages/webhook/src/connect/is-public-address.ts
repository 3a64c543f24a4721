// Tells whether an address belongs to the public Internet. Webhooks may use other addresses only if the operator allows them.
// Source: IANA's registries of special-purpose addresses, "globally reachable".

import { isInRange, lastBits, parseIpRange, type IpAddress, type IpRange } from './ip-address.ts';

const notPublicV4 = ranges(
  '0.0.0.0/8', // this host
  '10.0.0.0/8', // private
  '100.64.0.0/10', // shared by carriers; also metadata services and load balancers of cloud providers
  '127.0.0.0/8', // loopback
  '168.63.129.16/32', // Azure's platform service, which is reachable from its virtual machines only
  '169.254.0.0/16', // link-local, cloud metadata
  '172.16.0.0/12', // private
  '192.0.0.0/24', // protocol assignments
  '192.0.2.0/24', // documentation
  '192.88.99.0/24', // 6to4 relays, withdrawn
  '192.168.0.0/16', // private
  '198.18.0.0/15', // benchmarks
  '198.51.100.0/24', // documentation
  '203.0.113.0/24', // documentation
  '224.0.0.0/4', // multicast
  '240.0.0.0/4', // reserved, broadcast
);

// Only 2000::/3 is unicast on the Internet, so ranges outside of it need no entry: ::, ::1, ::/96 (IPv4-compatible, which some
// systems still deliver), 64:ff9b:1::/48, 100::/64, fc00::/7, fe80::/10, fec0::/10, ff00::/8.
const [globalUnicast] = ranges('2000::/3');
const notPublicV6 = ranges(
  '2001::/23', // protocol assignments, Teredo among them
  '2001:db8::/32', // documentation
  '2002::/16', // 6to4: any IPv4 address in disguise
  '3fff::/20', // documentation
);
// A gateway translates these to the IPv4 address in their last 32 bits. IPv6-only networks resolve names to them (DNS64).
const [nat64] = ranges('64:ff9b::/96');

export function isPublicAddress(address: IpAddress): boolean {
  const isIn = (range: IpRange | undefined): boolean => range !== undefined && isInRange(address, range);
  if (address.bits === 32) return !notPublicV4.some(isIn);
  if (isIn(nat64)) return isPublicAddress({ bits: 32, value: lastBits(address.value) });
  return isIn(globalUnicast) && !notPublicV6.some(isIn);
}

function ranges(...written: string[]): IpRange[] {
  return written.map((text) => {
    const range = parseIpRange(text);
    if (range === undefined) throw new RangeError(`${text} is not a range of addresses`);
    return range;
  });
}
