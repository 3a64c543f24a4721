// REST: which route answers a request, and what a client is told when it fails.
import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  createRestNames,
  DomainError,
  listRestRoutes,
  type Context,
  type RestError,
  type RestRoute,
} from '@parley/api';
import { TRPCError, type AnyTRPCRouter } from '@trpc/server';
import { respondBytes, answerSetAvatar } from './respond-bytes.ts';
import { respondExport } from './respond-export.ts';
import { respondRun } from './respond-run.ts';
import { respondJson } from './respond-json.ts';
import { RestTable, type RouteMatch } from './rest-table.ts';
import type { RestAnswerer, RestRequest } from './rest-request.ts';
import { sendJson } from '../send-json.ts';

/** What is more than JSON in and JSON out, by procedure. */
const special: Record<string, (route: RestRoute) => RestAnswerer> = {
  'chat.send': respondRun,
  'chat.export': respondExport,
  'agent.avatar': respondBytes,
  'agent.setAvatar': answerSetAvatar,
};

export interface RestHandlerOptions {
  router: AnyTRPCRouter;
  createContext: (http: { req: IncomingMessage; res: ServerResponse }) => Context;
  /** Told of failures that are nobody's fault but the server's. */
  onError: (failure: { error: unknown; request: IncomingMessage; path: string }) => void;
}

/** Serves what the procedures' `meta.rest` says, under `/api/`. */
export function createRestHandler({ router, createContext, onError }: RestHandlerOptions) {
  const routes = listRestRoutes(router);
  const names = createRestNames(routes);
  const table = new RestTable(routes.map((route) => (special[route.procedurePath] ?? respondJson)(route)));

  return (request: IncomingMessage, response: ServerResponse): void => void handle(request, response);

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, query } = parseTarget(request);
    try {
      const match = table.find(pathname);
      const answerer = chooseAnswerer(match, request, response);
      const exchange: RestRequest = {
        request,
        response,
        names,
        query,
        parameters: match?.parameters ?? {},
        context: createContext({ req: request, res: response }),
        signal: signalOf(response),
      };
      await answerer.answer(exchange);
    } catch (cause) {
      const failure = names.toError(cause);
      if (failure.error.code === 'INTERNAL_SERVER_ERROR') {
        onError({ error: failure.error.cause ?? failure.error, request, path: pathname });
      }
      sendError(response, failure);
    }
  }
}

/** @throws TRPCError NOT_FOUND, METHOD_NOT_SUPPORTED */
function chooseAnswerer(
  match: RouteMatch | undefined,
  { method = '' }: IncomingMessage,
  response: ServerResponse,
): RestAnswerer {
  if (match === undefined)
    throw new TRPCError({ code: 'NOT_FOUND', message: 'There is nothing at this path.' });
  // The answer to a HEAD is that to a GET, whose body node leaves out.
  const answerer = match.answerers.get(method === 'HEAD' ? 'GET' : method);
  if (answerer !== undefined) return answerer;
  const allowed = [...match.answerers.keys()].join(', ');
  response.setHeader('allow', allowed);
  throw new TRPCError({ code: 'METHOD_NOT_SUPPORTED', message: `This path takes ${allowed}.` });
}

function parseTarget({ url = '/' }: IncomingMessage): { pathname: string; query: URLSearchParams } {
  const [pathname = '/', ...rest] = url.split('?');
  return { pathname, query: new URLSearchParams(rest.join('?')) };
}

function signalOf(response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  response.once('close', () => controller.abort());
  return controller.signal;
}

function sendError(response: ServerResponse, { error, status, body }: RestError): void {
  if (response.headersSent) {
    // In the middle of a stream: nothing can be said any more.
    response.destroy();
    return;
  }
  if (error instanceof DomainError && error.details.retryAfterSeconds !== undefined)
    response.setHeader('retry-after', error.details.retryAfterSeconds);
  if (status === 401) response.setHeader('www-authenticate', 'Bearer realm="parley"');
  sendJson(response, status, body);
}
