// The context of a procedure call. It is created once per request, so a batch authenticates once.
import type { IncomingHttpHeaders } from 'node:http';
import { authenticate, type CredentialSource } from './auth/authenticate.ts';
import type { Authentication } from './auth/credential.ts';
import type { Services } from './services.ts';

/** The parts of an HTTP request that procedures use. They depend on no adapter, so tests can provide them too. */
export interface ContextRequest extends CredentialSource {
  userAgent?: string | undefined;
  /** Request id, for logs. */
  id?: string | undefined;
  /** W3C trace context, forwarded to the agent with a message. */
  traceparent?: string | undefined;
  /** Adds a `Set-Cookie` header to the response. */
  setCookie: (cookie: string) => void;
}

export interface Context extends Services {
  request: ContextRequest;
  /**
   * Resolves the user and the credential of this request. The first call queries the database, later ones reuse its result.
   * @throws DomainError NOT_AUTHENTICATED, ACCESS_TOKEN_EXPIRED, SESSION_EXPIRED, INVALID_API_KEY or RATE_LIMITED
   */
  authenticate: () => Promise<Authentication>;
}

export function createContext(services: Services, request: ContextRequest): Context {
  let authentication: Promise<Authentication> | undefined;
  return {
    ...services,
    request,
    authenticate: () => (authentication ??= authenticate(services, request)),
  };
}

/** Creates the context of a node:http or node:http2 request, as tRPC's adapters pass it. */
export function createHttpContext(
  services: Services,
  {
    req,
    res,
  }: { req: { headers: IncomingHttpHeaders }; res: { appendHeader: (name: string, value: string) => void } },
  origin: Pick<ContextRequest, 'id' | 'network'> = {},
): Context {
  const { cookie, authorization, 'user-agent': userAgent, traceparent } = req.headers;
  return createContext(services, {
    cookie,
    authorization,
    userAgent,
    // Node joins repeated headers with commas, which makes them invalid.
    traceparent: traceparent?.toString(),
    ...origin,
    setCookie: (header) => res.appendHeader('set-cookie', header),
  });
}
