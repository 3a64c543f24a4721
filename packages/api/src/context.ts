// What a procedure knows of its request. Made once a request, so a batch authenticates once.
import type { IncomingHttpHeaders } from 'node:http';
import { authenticate } from './auth/authenticate.ts';
import type { Authentication } from './auth/credential.ts';
import type { Services } from './services.ts';

/** The parts of an HTTP request that Parley looks at; any adapter can give them, and so can a test. */
export interface ContextRequest {
  cookie?: string | undefined;
  authorization?: string | undefined;
  userAgent?: string | undefined;
  /** W3C trace context: what a message is sent with goes on to the agent. */
  traceparent?: string | undefined;
  /** Adds one `Set-Cookie` header to the answer. */
  setCookie: (cookie: string) => void;
}

export interface Context extends Services {
  request: ContextRequest;
  /**
   * The user who makes this request, and by what: asked of the database once, on the first call.
   * @throws DomainError NOT_AUTHENTICATED, ACCESS_TOKEN_EXPIRED, SESSION_EXPIRED or INVALID_API_KEY
   */
  authenticate: () => Promise<Authentication>;
}

export function createContext(services: Services, request: ContextRequest): Context {
  let authentication: Promise<Authentication> | undefined;
  return { ...services, request, authenticate: () => (authentication ??= authenticate(services, request)) };
}

/** The context of a request of node:http or node:http2, as tRPC's adapters for them pass it. */
export function createHttpContext(
  services: Services,
  {
    req,
    res,
  }: { req: { headers: IncomingHttpHeaders }; res: { appendHeader: (name: string, value: string) => void } },
): Context {
  const { cookie, authorization, 'user-agent': userAgent, traceparent } = req.headers;
  return createContext(services, {
    cookie,
    authorization,
    userAgent,
    // Node joins repeated ones with commas, which makes them invalid.
    traceparent: traceparent?.toString(),
    setCookie: (header) => res.appendHeader('set-cookie', header),
  });
}
