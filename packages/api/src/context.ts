// What a procedure knows of its request. Made once a request, so a batch authenticates once.
import type { IncomingHttpHeaders } from 'node:http';
import { authenticate, type CredentialHeaders } from './auth/authenticate.ts';
import type { Authentication } from './auth/credential.ts';
import { DomainError } from './errors.ts';
import type { Services } from './services.ts';

/** The parts of an HTTP request that Parley looks at; any adapter can give them, and so can a test. */
export interface ContextRequest extends CredentialHeaders {
  userAgent?: string | undefined;
  /** Names the request in logs. */
  id?: string | undefined;
  /** W3C trace context: what a message is sent with goes on to the agent. */
  traceparent?: string | undefined;
  /** Whom to count a request against that nobody is logged in for; calls from inside the process count against nobody. */
  network?: string | undefined;
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
  return {
    ...services,
    request,
    authenticate: () =>
      (authentication ??= limitFailures(services, request, () => authenticate(services, request))),
  };
}

/** Whoever tries out keys and sessions is turned away before the database is asked. */
async function limitFailures<Result>(
  { rateLimits }: Services,
  { network }: ContextRequest,
  authenticateRequest: () => Promise<Result>,
): Promise<Result> {
  if (network === undefined) return authenticateRequest();
  await rateLimits.check('failedAuth', network);
  try {
    return await authenticateRequest();
  } catch (error) {
    if (error instanceof DomainError && isGuess(error)) await rateLimits.consume('failedAuth', network);
    throw error;
  }
}

/** An expired token is what every tab has once an hour, and no token at all is nobody's guess. */
function isGuess({ reason }: DomainError): boolean {
  return reason === 'INVALID_API_KEY' || reason === 'SESSION_EXPIRED';
}

/** The context of a request of node:http or node:http2, as tRPC's adapters for them pass it. */
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
    // Node joins repeated ones with commas, which makes them invalid.
    traceparent: traceparent?.toString(),
    ...origin,
    setCookie: (header) => res.appendHeader('set-cookie', header),
  });
}
