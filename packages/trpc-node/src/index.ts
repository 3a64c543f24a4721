// The package's public interface: the handler, superjson without its walk, and the parts that other HTTP handlers share.
export { createNodeHandler } from './create-node-handler.ts';
export type {
  NodeHandler,
  NodeHandlerOptions,
  OutputSerializer,
  StreamLimits,
} from './node-handler-options.ts';
export type { NodeRequest, NodeResponse } from './node-http.ts';
export { parseJson } from './request/parse-json.ts';
export { readBody } from './request/read-body.ts';
export { readForm } from './request/read-form.ts';
export { eventStreamHeaders, formatEvent, pingComment, retryField } from './sse/frames.ts';
export { ResponseStream } from './sse/response-stream.ts';
export { StreamRegistry } from './sse/stream-registry.ts';
export { superjsonSerializer } from './superjson/superjson-serializer.ts';
export { isLargeValue, splitText, writeJson, type WriteJsonOptions } from './write-json.ts';
