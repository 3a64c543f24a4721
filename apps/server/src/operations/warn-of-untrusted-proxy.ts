// Warns of a proxy that TRUSTED_PROXIES does not list: its clients would share one address, and with it their rate limits.
import type { IncomingMessage } from 'node:http';
import type { Logger } from 'pino';
import { peerOf, type TrustedProxies } from '../edge/client-of.ts';

const forwardingHeaders = ['x-forwarded-for', 'forwarded', 'x-real-ip', 'x-forwarded-proto'] as const;

/** Returns a function for every request. It logs the first one that an unlisted peer forwards. */
export function warnOfUntrustedProxy(
  logger: Logger,
  trustedProxies: TrustedProxies,
): (request: IncomingMessage) => void {
  let hasWarned = false;
  return ({ headers, socket }) => {
    if (hasWarned) return;
    const header = forwardingHeaders.find((name) => headers[name] !== undefined);
    const peer = peerOf(socket);
    if (header === undefined || peer === 'unknown' || trustedProxies.includes(peer)) return;
    hasWarned = true;
    logger.warn(
      { peer, header },
      `TRUSTED_PROXIES does not list ${peer}, which forwards requests: Parley ignores their forwarding headers, and all clients of this peer share one address and its rate limits. If it is your proxy, add it to TRUSTED_PROXIES.`,
    );
  };
}
