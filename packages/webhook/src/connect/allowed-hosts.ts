// The hosts that may be called although they are not on the public Internet. Public hosts are always allowed.

import { isInRange, parseIpAddress, parseIpRange, type IpAddress, type IpRange } from './ip-address.ts';

interface Entry {
  /** A name in lower case without a final dot; undefined for addresses. */
  name: string | undefined;
  /** `*.name` matches the names below `name` at any depth, but not `name` itself. */
  isWildcard: boolean;
  range: IpRange | undefined;
  port: number | undefined;
}

export class AllowedHosts {
  readonly #entries: readonly Entry[];

  /**
   * @param entries names (`n8n`), wildcards (`*.internal.example`), addresses (`192.168.1.5`, `[::1]`) and ranges of addresses
   *   (`10.0.0.0/8`, `fd00::/8`); all but ranges may end in a port (`localhost:5678`), and then allow only that port
   * @throws RangeError for any other entry
   */
  constructor(entries: readonly string[] = []) {
    this.#entries = entries.map(readEntry);
  }

  /** An allowed name may resolve to any address. */
  allowsName(hostname: string, port: number): boolean {
    const name = normalName(hostname);
    return this.#entries.some(
      (entry) =>
        entry.name !== undefined &&
        (entry.isWildcard ? name.endsWith(`.${entry.name}`) : name === entry.name) &&
        (entry.port ?? port) === port,
    );
  }

  allowsAddress(address: IpAddress, port: number): boolean {
    return this.#entries.some(
      ({ range, port: onlyPort }) =>
        range !== undefined && isInRange(address, range) && (onlyPort ?? port) === port,
    );
  }
}

/** Allows public hosts only. */
export const noAllowedHosts = new AllowedHosts();

function normalName(hostname: string): string {
  return hostname.toLowerCase().replace(/\.$/, '');
}

function readEntry(written: string): Entry {
  const text = written.trim();
  const range = parseIpRange(text);
  if (range !== undefined) return { name: undefined, isWildcard: false, range, port: undefined };
  const isWildcard = text.startsWith('*.');
  const host = isWildcard ? text.slice(2) : text;
  // The URL parser normalizes names and addresses in the same way as those of webhooks.
  const url = /^(?:\[[^\]]*\]|[^\s/?#@:[\]*]+)(?::\d{1,5})?$/.test(host) ? URL.parse(`ws://${host}/`) : null;
  if (url === null || url.hostname === '') {
    throw new RangeError(
      `"${written}" is not a host: use a name (n8n, *.internal.example) or an address (10.0.0.5), with or without a port, or a range (10.0.0.0/8)`,
    );
  }
  const port = /:(\d+)$/.exec(host)?.[1];
  const address = parseIpAddress(url.hostname.replace(/^\[|\]$/g, ''));
  if (address !== undefined && isWildcard)
    throw new RangeError(`"${written}" is not a host: "*." must be followed by a name, not by an address`);
  return {
    name: address === undefined ? normalName(url.hostname) : undefined,
    isWildcard,
    range: address === undefined ? undefined : { base: address, prefix: address.bits },
    port: port === undefined ? undefined : Number(port),
  };
}
