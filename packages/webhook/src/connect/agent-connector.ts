// Connects to agents, and only to addresses that have passed the check, even if a name later resolves to others.

import { lookup as systemLookup, type LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { buildConnector } from 'undici';
import { blockedHost, blockedName } from '../failures/blocked-url.ts';
import type { AllowedHosts } from './allowed-hosts.ts';
import { parseIpAddress } from './ip-address.ts';
import { isPublicAddress } from './is-public-address.ts';

export type Connector = buildConnector.connector;

/** Resolves a name to all of its addresses, like `dns.lookup` with `all`. */
export type LookupAll = (
  hostname: string,
  options: { all: true },
  callback: (error: Error | null, addresses: LookupAddress[]) => void,
) => void;

export interface AgentConnectorOptions {
  /** Includes the name lookup and the TLS handshake. */
  timeoutMs: number;
  allowedHosts: AllowedHosts;
  /** Default: the system's resolver. */
  lookup?: LookupAll;
}

/**
 * Creates a connector that refuses every address that is neither public nor allowed, with an AgentError `AGENT_BLOCKED_URL`. It
 * resolves a name once for each connection, and gives the socket the checked addresses instead of the name. (The socket does not
 * look up a literal address, so the connector checks it first.)
 */
export function agentConnector({
  timeoutMs,
  allowedHosts,
  lookup = systemLookup,
}: AgentConnectorOptions): Connector {
  const connectors = new Map<number, Connector>();
  // One connector a port: `lookup` does not receive the port, on which the allowed hosts may depend.
  const connectorOf = (port: number): Connector => {
    let connector = connectors.get(port);
    if (connector === undefined) {
      // Shared, so that TLS sessions are resumed. Bounded, since a team's admin may enter any port.
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

/** One connector for each pair of arguments. */
export function sharedAgentConnector(timeoutMs: number, allowedHosts: AllowedHosts): Connector {
  const byTimeout = connectors.get(allowedHosts) ?? new Map<number, Connector>();
  connectors.set(allowedHosts, byTimeout);
  const connector = byTimeout.get(timeoutMs) ?? agentConnector({ timeoutMs, allowedHosts });
  byTimeout.set(timeoutMs, connector);
  return connector;
}

/** Whether the address is public or allowed. False if it cannot be parsed. */
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
      const isAllowedName = allowedHosts.allowsName(hostname, port);
      if (error !== null) {
        callback(isAllowedName || !isUnknownName(error) ? error : blockedName(), []);
        return;
      }
      const allowed = isAllowedName
        ? addresses
        : addresses.filter(({ address }) => mayConnect(address, port, allowedHosts));
      const [first] = allowed;
      if (first === undefined) callback(blockedName(), []);
      else if (options.all === true) callback(null, allowed);
      else callback(null, first.address, first.family);
    });
  };
}

function isUnknownName(error: NodeJS.ErrnoException): boolean {
  return error.code === 'ENOTFOUND' || error.code === 'ENODATA';
}
