// Serves one router with tRPC's own adapter and with ours, each on its own port.
import { once } from 'node:events';
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createNodeHandler, superjsonSerializer } from '@parley/trpc-node';
import { createHTTPHandler } from '@trpc/server/adapters/standalone';
import type { ResponseMetaFn, TRPCRequestInfo } from '@trpc/server/http';
import superjson from 'superjson';
import type { TestContext, TestRouterOptions } from './test-root.ts';
import { createTestRouter } from './test-router.ts';

type TestRouter = ReturnType<typeof createTestRouter>;

export interface ServeOptions extends TestRouterOptions {
  basePath?: string;
  allowBatching?: boolean;
  allowMethodOverride?: boolean;
  maxBatchSize?: number;
  maxBodySize?: number;
  middleware?: (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void) => void;
  responseMeta?: ResponseMetaFn<TestRouter>;
  createContext?: (context: TestContext, info: TRPCRequestInfo, response: ServerResponse) => TestContext;
}

/** A call of `onError`, as JSON. */
export type ReportedError = string;

export interface ServedRouter {
  url: string;
  port: number;
  errors: ReportedError[];
}

export interface BothServers extends AsyncDisposable {
  stock: ServedRouter;
  ours: ServedRouter;
}

export async function serveBoth(options: ServeOptions): Promise<BothServers> {
  const router = createTestRouter(options);
  const { basePath = '/trpc/', maxBodySize = 100_000 } = options;
  const shared = (errors: ReportedError[]) => ({
    router,
    basePath,
    allowBatching: options.allowBatching ?? true,
    allowMethodOverride: options.allowMethodOverride ?? false,
    ...(options.maxBatchSize !== undefined && { maxBatchSize: options.maxBatchSize }),
    ...(options.middleware !== undefined && { middleware: options.middleware }),
    ...(options.responseMeta !== undefined && { responseMeta: options.responseMeta }),
    createContext: ({ res, info }: { res: ServerResponse; info: TRPCRequestInfo }) => {
      const context: TestContext = {
        user: 'ada',
        setHeader: (name, value) => void res.appendHeader(name, value),
        setStatus: (status) => void (res.statusCode = status),
      };
      return options.createContext?.(context, info, res) ?? context;
    },
    onError: ({ error, path, type, input, ctx }: Reported) =>
      void errors.push(JSON.stringify([error.code, error.message, path, type, input, ctx?.user])),
  });
  const serialize = options.transformer === 'superjson' ? { serialize: superjsonSerializer(superjson) } : {};
  const stock = await serve((errors) => createHTTPHandler({ ...shared(errors), maxBodySize }));
  const ours = await serve((errors) => createNodeHandler({ ...shared(errors), ...serialize, maxBodySize }));
  return {
    stock: stock.served,
    ours: ours.served,
    [Symbol.asyncDispose]: async () => {
      await Promise.all([close(stock.server), close(ours.server)]);
    },
  };
}

interface Reported {
  error: { code: string; message: string };
  path: string | undefined;
  type: string;
  input: unknown;
  ctx?: TestContext | undefined;
}

async function serve(
  createHandler: (errors: ReportedError[]) => RequestListener,
): Promise<{ server: Server; served: ServedRouter }> {
  const errors: ReportedError[] = [];
  const server = createServer(createHandler(errors)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server listens on no port');
  return { server, served: { url: `http://127.0.0.1:${address.port}/trpc`, port: address.port, errors } };
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
}
