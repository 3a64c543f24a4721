// How connections to agents are made. One connector a timeout, shared, so that TLS sessions are resumed.

import { buildConnector } from 'undici';
import type { Connector } from './exchange.ts';

const connectors = new Map<number, Connector>();

export function defaultConnector(connectTimeoutMs: number): Connector {
  let connector = connectors.get(connectTimeoutMs);
  if (connector === undefined) {
    connector = buildConnector({ timeout: connectTimeoutMs, allowH2: false });
    connectors.set(connectTimeoutMs, connector);
  }
  return connector;
}
