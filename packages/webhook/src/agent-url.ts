// Checks of a webhook's address that need no network. The connector checks the addresses that its host name resolves to.

import { isIP } from 'node:net';
import { mayConnect } from './connect/agent-connector.ts';
import { noAllowedHosts, type AllowedHosts } from './connect/allowed-hosts.ts';
import { blockedHost, unusableUrl } from './failures/blocked-url.ts';

/** What to change about an address of n8n that never answers chats. */
export function addressHint({ pathname }: URL): string | undefined {
  if (pathname.includes('/webhook-test/')) return TEST_ADDRESS;
  return /^\/(?:workflow|home|projects)\/\w/.test(pathname) ? EDITOR_ADDRESS : undefined;
}

const TEST_ADDRESS =
  'This is an n8n test address, which answers only while the editor listens. Store the production address (/webhook/ instead of /webhook-test/).';
const EDITOR_ADDRESS =
  'This is an address of n8n’s editor, which answers no chats. Store the Production URL of the Webhook node, or the Chat URL of the Chat Trigger.';

/** @throws AgentError unless `address` is an http(s) URL without credentials */
export function parseAgentUrl(address: string): URL {
  const url = URL.parse(address);
  const isPlain =
    url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '';
  if (!isPlain) throw unusableUrl();
  return url;
}

/**
 * Checks an address when it is entered.
 * @throws AgentError AGENT_BLOCKED_URL if every call to it would be refused
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

// Ports of other protocols, such as mail, whose servers might misread an HTTP request. Browsers and fetch refuse them too.
// Source: https://fetch.spec.whatwg.org/#port-blocking
const BLOCKED_PORTS: ReadonlySet<number> = new Set([
  1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104,
  109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515,
  526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049,
  3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
]);

export function isBlockedPort({ port }: URL): boolean {
  return port !== '' && BLOCKED_PORTS.has(Number(port));
}
