// What can be told of a webhook's address without asking anybody. What its name resolves to is checked when it is called.

import { isIP } from 'node:net';
import { mayConnect } from './connect/agent-connector.ts';
import { noAllowedHosts, type AllowedHosts } from './connect/allowed-hosts.ts';
import { blockedHost, unusableUrl } from './failures/blocked-url.ts';

/** @throws AgentError on anything but a plain http(s) address. */
export function parseAgentUrl(address: string): URL {
  const url = URL.parse(address);
  const isPlain =
    url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '';
  if (!isPlain) throw unusableUrl();
  return url;
}

/**
 * For when an address is entered: says at once what a call would say.
 * @throws AgentError AGENT_BLOCKED_URL where every call would be refused
 */
export function checkAgentUrl(address: string, allowedHosts: AllowedHosts = noAllowedHosts): void {
  const url = parseAgentUrl(address);
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (allowedHosts.allowsName(host, port)) return;
  const addresses = isIP(host) !== 0 ? [host] : isLoopbackName(host) ? LOOPBACK : undefined;
  if (addresses !== undefined && !addresses.some((one) => mayConnect(one, port, allowedHosts)))
    throw blockedHost();
}

const LOOPBACK = ['127.0.0.1', '::1'];

function isLoopbackName(host: string): boolean {
  return /(?:^|\.)localhost\.?$/i.test(host);
}
