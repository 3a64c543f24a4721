// How connections to agents are made: only to addresses that have been checked, whatever a name resolves to the next time.

import { lookup as systemLookup, type LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { buildConnector } from 'undici';
import { blockedHost } from '../failures/blocked-url.ts';
import type { AllowedHosts } from './allowed-hosts.ts';
import { parseIpAddress } from './ip-address.ts';
import { isPublicAddress } from './is-public-address.ts';

export type Connector = buildConnector.connector;

/** All addresses of a name, as `dns.lookup` gives them with `all`. */
export type LookupAll = (
  hostname: string,
  options: { all: true },
  callback: (error: Error | null, addresses: LookupAddress[]) => void,
) => void;

export interface AgentConnectorOptions {
  /** Name lookup and TLS included. */
  timeoutMs: number;
  allowedHosts: AllowedHosts;
  /** How names are resolved, if not by the system. */
  lookup?: LookupAll;
}

/**
 * A connector that refuses every address that is neither public nor allowed, with an AgentError `AGENT_BLOCKED_URL`. Names are
 * resolved once for each connection, and the socket gets the addresses that have been checked instead of the name. (A lookup is
 * not asked for addresses: these are checked before.)
 */
export function agentConnector({
  timeoutMs,
  allowedHosts,
  lookup = systemLookup,
}: AgentConnectorOptions): Connector {
  const connectors = new Map<number, Connector>();
  // A socket's lookup is not told the port, and what is allowed may depend on it.
  const connectorOf = (port: number): Connector => {
    let connector = connectors.get(port);
    if (connector === undefined) {
      // Shared, so that TLS sessions are resumed; not without a bound, since a team's admin may name any port.
      if (connectors.size >= MAX_CONNECTORS) connectors.clear();
      connector = buildConnector({
        timeout: timeoutMs,
        allowH2: false,
        lookup: checkedLookup(port, allowedHosts, lookup),
      });
      connectors.set(port, connector);
    }
    return connector;
  };
  return (options, callback) => {
    const port = portOf(options);
    const isLiteral = isIP(options.hostname) !== 0;
    if (isLiteral && !mayConnect(options.hostname, port, allowedHosts)) callback(blockedHost(), null);
    else connectorOf(port)(options, callback);
  };
}

const MAX_CONNECTORS = 64;

const connectors = new WeakMap<AllowedHosts, Map<number, Connector>>();

/** The connector for these, made once. */
export function sharedAgentConnector(timeoutMs: number, allowedHosts: AllowedHosts): Connector {
  const byTimeout = connectors.get(allowedHosts) ?? new Map<number, Connector>();
  connectors.set(allowedHosts, byTimeout);
  const connector = byTimeout.get(timeoutMs) ?? agentConnector({ timeoutMs, allowedHosts });
  byTimeout.set(timeoutMs, connector);
  return connector;
}

/** Whether a connection to this address may be made. What cannot be read as one may not. */
export function mayConnect(address: string, port: number, allowedHosts: AllowedHosts): boolean {
  const parsed = parseIpAddress(address);
  return parsed !== undefined && (isPublicAddress(parsed) || allowedHosts.allowsAddress(parsed, port));
}

function portOf({ port, protocol }: buildConnector.Options): number {
  return port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
}

function checkedLookup(port: number, allowedHosts: AllowedHosts, lookup: LookupAll): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) {
        callback(error, []);
        return;
      }
      const allowed = allowedHosts.allowsName(hostname, port)
        ? addresses
        : addresses.filter(({ address }) => mayConnect(address, port, allowedHosts));
      const [first] = allowed;
      if (first === undefined) callback(blockedHost(), []);
      else if (options.all === true) callback(null, allowed);
      else callback(null, first.address, first.family);
    });
  };
}
