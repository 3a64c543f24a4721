// The REST handler: finds the route of a request, calls its procedure, and responds as the procedure's meta declares.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createRestNames, type Context, type RestError, type RestRoute } from '@parley/api';
import type { StreamRegistry } from '@parley/trpc-node';
import { TRPCError } from '@trpc/server';
import { sendJson } from '../send-json.ts';
import { setRetryAfter } from '../set-retry-after.ts';
import { inputReader } from './read-input.ts';
import { respondBytes } from './respond-bytes.ts';
import { respondEvents } from './respond-events.ts';
import { respondExport } from './respond-export.ts';
import { respondJson } from './respond-json.ts';
import { respondRun } from './respond-run.ts';
import type { RestRequest } from './rest-request.ts';
import { RestTable, type RestMatch } from './rest-table.ts';

export interface RestHandlerOptions {
  routes: RestRoute[];
  createContext: (http: { req: IncomingMessage; res: ServerResponse }) => Context;
  eventStreams: StreamRegistry;
  /** Receives internal errors: not the failures that a client caused. */
  onError: (failure: { error: unknown; request: IncomingMessage; path: string }) => void;
}

export function createRestHandler({ routes, createContext, eventStreams, onError }: RestHandlerOptions) {
  const names = createRestNames(routes);
  const table = new RestTable(routes);

  return (request: IncomingMessage, response: ServerResponse): void => void handle(request, response);

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, query } = parseTarget(request);
    try {
      const match = table.find(pathname);
      await respond({
        request,
        response,
        route: chooseRoute(match, request, response),
        names,
        query,
        parameters: match?.parameters ?? {},
        context: createContext({ req: request, res: response }),
        signal: signalOf(response),
        eventStreams,
      });
    } catch (cause) {
      const failure = names.toError(cause);
      if (failure.error.code === 'INTERNAL_SERVER_ERROR') {
        onError({ error: failure.error.cause ?? failure.error, request, path: pathname });
      }
      respondError(response, failure);
    }
  }
}

async function respond(rest: RestRequest): Promise<void> {
  const readInput = inputReader(rest);
  const declared = rest.route.meta.response;
  switch (declared?.type) {
    case 'bytes':
      return respondBytes(rest, declared, readInput);
    case 'export':
      return respondExport(rest, declared, readInput);
    case 'run':
      return respondRun(rest, readInput);
    case 'events':
      return respondEvents(rest, readInput);
    case undefined:
      return respondJson(rest, readInput);
  }
}

/** @throws TRPCError NOT_FOUND, METHOD_NOT_SUPPORTED */
function chooseRoute(
  match: RestMatch | undefined,
  { method = '' }: IncomingMessage,
  response: ServerResponse,
): RestRoute {
  if (match === undefined)
    throw new TRPCError({ code: 'NOT_FOUND', message: 'There is nothing at this path.' });
  // A HEAD is handled as a GET: node omits the body.
  const route = match.routes.get(method === 'HEAD' ? 'GET' : method);
  if (route !== undefined) return route;
  const allowed = [...match.routes.keys()].join(', ');
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

function respondError(response: ServerResponse, { error, status, body }: RestError): void {
  if (response.headersSent) {
    // A stream has begun: cutting it off is all that tells the client.
    response.destroy();
    return;
  }
  setRetryAfter(response, error);
  if (status === 401) response.setHeader('www-authenticate', 'Bearer realm="parley"');
  sendJson(response, status, body);
}
