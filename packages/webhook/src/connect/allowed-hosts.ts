// The hosts that may be called although they are not on the public Internet. Public ones always may.

import { isInRange, parseIpAddress, parseIpRange, type IpAddress, type IpRange } from './ip-address.ts';

interface Entry {
  /** A name in lower case, without the dot at its end; undefined for addresses. */
  name: string | undefined;
  /** `*.name`: what is below the name, at any depth, and not the name itself. */
  isWildcard: boolean;
  range: IpRange | undefined;
  port: number | undefined;
}

export class AllowedHosts {
  readonly #entries: readonly Entry[];

  /**
   * @param entries names (`n8n`), wildcards (`*.internal.example`), addresses (`192.168.1.5`, `[::1]`) and ranges of them
   *   (`10.0.0.0/8`, `fd00::/8`); all but ranges may end in a port (`localhost:5678`), and then mean only that one
   * @throws RangeError on an entry that is none of these
   */
  constructor(entries: readonly string[] = []) {
    this.#entries = entries.map(readEntry);
  }

  /** By its name: whatever address it may turn out to have. */
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

/** No host but public ones. */
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
  // The URL parser normalises names and addresses just as it does those of webhooks.
  const url = /^(?:\[[^\]]*\]|[^\s/?#@:[\]*]+)(?::\d{1,5})?$/.test(host) ? URL.parse(`ws://${host}/`) : null;
  if (url === null || url.hostname === '') {
    throw new RangeError(
      `"${written}" is no name (n8n, *.internal.example), address or range (10.0.0.0/8), with or without a port`,
    );
  }
  const port = /:(\d+)$/.exec(host)?.[1];
  const address = parseIpAddress(url.hostname.replace(/^\[|\]$/g, ''));
  if (address !== undefined && isWildcard) throw new RangeError(`"${written}" is no name`);
  return {
    name: address === undefined ? normalName(url.hostname) : undefined,
    isWildcard,
    range: address === undefined ? undefined : { base: address, prefix: address.bits },
    port: port === undefined ? undefined : Number(port),
  };
}
