// What the package offers: a request listener for node:http and node:http2, and superjson without its walk.
export { createNodeHandler } from './create-node-handler.ts';
export type { NodeHandler, NodeHandlerOptions, StreamLimits } from './node-handler-options.ts';
export type { NodeRequest, NodeResponse } from './node-http.ts';
export { superjsonSerializer } from './superjson/superjson-serializer.ts';
