// Checks what a server sends over REST against its OpenAPI document.
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { appRouter, createOpenApiDocument, createRestNames, listRestRoutes } from '@parley/api';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

interface Answer {
  method: string;
  /** Without the query. */
  path: string;
  status: number;
  contentType: string;
  /** Undefined if it was not observed. */
  body: unknown;
}

interface DocumentedResponse {
  content?: Record<string, { examples?: Record<string, unknown> }>;
}

const DOCUMENT = 'openapi.json';

const routes = listRestRoutes(appRouter);
const document = createOpenApiDocument(routes, createRestNames(routes));
// Literal paths come first: `/api/chats/search` is not the chat with the id "search".
const paths = Object.keys(document.paths)
  .toSorted((a, b) => a.split('{').length - b.split('{').length)
  .map((path) => ({ path, pattern: new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`) }));

const ajv = new Ajv2020({ strict: false, allErrors: true, discriminator: true });
addFormats.default(ajv);
ajv.addSchema(closed(document), DOCUMENT);

/** Reasons that any path may answer with, and that no operation lists. */
const general = new Set(['PATH_NOT_FOUND', 'METHOD_NOT_SUPPORTED', 'INVALID_REQUEST']);

/** Returns what is wrong with an answer; undefined if it is as documented. */
export function problemOf(answer: Answer): string | undefined {
  const title = `${answer.method} ${answer.path} ${answer.status}`;
  const reason = reasonOf(answer.body);
  if (reason !== undefined && general.has(reason))
    return problemAt('/components/schemas/Error', answer, title);
  const path = paths.find(({ pattern }) => pattern.test(answer.path))?.path ?? '';
  const method = answer.method.toLowerCase();
  const response = document.paths[path]?.[method]?.responses[answer.status] as DocumentedResponse | undefined;
  if (response === undefined) return `${title} ${reason ?? ''} is not documented`;
  if (response.content === undefined) return undefined;
  const [mediaType = ''] = answer.contentType.split(';');
  const media = response.content[mediaType];
  if (media === undefined) return `${title}: ${mediaType} is not documented`;
  if (mediaType !== 'application/json' || answer.body === undefined) return undefined;
  if (
    reason !== undefined &&
    answer.status >= 400 &&
    !Object.keys(media.examples ?? {}).some(startsWith(reason))
  )
    return `${title}: the reason ${reason} is not documented`;
  const place = ['paths', path, method, 'responses', answer.status, 'content', mediaType, 'schema'];
  return problemAt(`/${place.map(escapePointer).join('/')}`, answer, title);
}

/** The same for an event of a stream. */
export function problemOfEvent(event: unknown): string | undefined {
  return explain(validatorOf('/components/schemas/RunEvent'), event, 'an event');
}

/** Calls `report` with the problem of each JSON response at /api whose body is written at once, as all but large ones are. */
export function checkAnswers(handle: RequestListener, report: (problem: string) => void): RequestListener {
  return (request, response) => {
    const { method = '', url = '' } = request;
    if (url.startsWith('/api/') && method !== 'HEAD' && method !== 'OPTIONS')
      watch(request, response, report);
    handle(request, response);
  };
}

function watch(request: IncomingMessage, response: ServerResponse, report: (problem: string) => void): void {
  const { method = '', url = '' } = request;
  const end = response.end.bind(response);
  response.end = (...args: unknown[]) => {
    const [path = ''] = url.split('?');
    const contentType = String(response.getHeader('content-type') ?? '');
    const body = contentType.startsWith('application/json') ? parse(args[0]) : undefined;
    const problem = problemOf({ method, path, status: response.statusCode, contentType, body });
    if (problem !== undefined) report(problem);
    return Reflect.apply(end, response, args) as ServerResponse;
  };
}

function parse(text: unknown): unknown {
  try {
    return JSON.parse(String(text));
  } catch {
    // The last piece of a large response.
    return undefined;
  }
}

const validators = new Map<string, ValidateFunction>();

function validatorOf(pointer: string): ValidateFunction {
  let validator = validators.get(pointer);
  if (validator === undefined) {
    validator = ajv.compile({ $ref: `${DOCUMENT}#${encodeURI(pointer)}` });
    validators.set(pointer, validator);
  }
  return validator;
}

function problemAt(pointer: string, { body }: Answer, title: string): string | undefined {
  return body === undefined ? undefined : explain(validatorOf(pointer), body, title);
}

function explain(validate: ValidateFunction, value: unknown, title: string): string | undefined {
  if (validate(value)) return undefined;
  return `${title}: ${ajv.errorsText(validate.errors)} in ${JSON.stringify(value).slice(0, 500)}`;
}

function reasonOf(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null || !('reason' in body)) return undefined;
  return String(body.reason);
}

function startsWith(reason: string): (name: string) => boolean {
  return (name) => name === reason || name.startsWith(`${reason} `);
}

/** Clients must accept properties that are not documented, but the server must not send any. */
function closed<Value>(value: Value): Value {
  return JSON.parse(JSON.stringify(value), (_key, inner: unknown) => {
    const isObject =
      typeof inner === 'object' && inner !== null && 'type' in inner && inner.type === 'object';
    return isObject && 'properties' in inner ? { additionalProperties: false, ...inner } : inner;
  }) as Value;
}

function escapePointer(part: string | number): string {
  return String(part).replaceAll('~', '~0').replaceAll('/', '~1');
}
