// Reads a procedure's input from the parts of a REST request: the path, the query string and the body.
import { hasBody, type JsonSchema, type MultipartBody } from '@parley/api';
import { newId } from '@parley/db';
import { TRPCError } from '@trpc/server';
import { MAX_BODY_BYTES } from '../edge/check-body.ts';
import { readRestBody } from './read-rest-body.ts';
import type { RestRequest } from './rest-request.ts';

type RestInput = FormData | Record<string, unknown> | undefined;

/** @throws TRPCError if the body is too long, malformed, or of a media type that the route does not declare */
export type ReadInput = () => Promise<RestInput>;

/** Returns a function that reads the input at its first call, when the procedure needs it, and returns it at each call. */
export function inputReader(rest: RestRequest): ReadInput {
  let input: Promise<RestInput> | undefined;
  return () => (input ??= readInput(rest));
}

async function readInput(rest: RestRequest): Promise<RestInput> {
  const { route, query, parameters, names } = rest;
  const { input, meta } = route;
  if (meta.body !== undefined) return readForm(rest, meta.body);
  const sent = hasBody(route) ? await readJsonBody(rest) : readQuery(query, input ?? {}, names.toInput);
  if (input === undefined) return undefined;
  const ids = Object.fromEntries((meta.newIds ?? []).map((name) => [name, newId()]));
  return { ...ids, ...sent, ...parameters };
}

async function readForm(
  { request, parameters }: RestRequest,
  { maxBytes }: MultipartBody,
): Promise<FormData> {
  const body = await readRestBody(request, maxBytes);
  const headers = { 'content-type': request.headers['content-type'] ?? '' };
  try {
    const form = await new Response(new Uint8Array(body), { headers }).formData();
    for (const [name, value] of Object.entries(parameters)) form.set(name, value);
    return form;
  } catch {
    throw new TRPCError({ code: 'PARSE_ERROR' });
  }
}

/** Reads an empty body as an empty object: the schema names what is missing. */
async function readJsonBody({ request, names }: RestRequest): Promise<Record<string, unknown>> {
  const body = await readRestBody(request, MAX_BODY_BYTES);
  if (body.length === 0) return {};
  const [mediaType = ''] = (request.headers['content-type'] ?? '').split(';');
  if (mediaType.trim().toLowerCase() !== 'application/json') {
    throw new TRPCError({
      code: 'UNSUPPORTED_MEDIA_TYPE',
      message: 'Send JSON: Content-Type: application/json.',
    });
  }
  const value = parse(body.toString('utf8'), names.toInput);
  if (isObject(value)) return value;
  throw new TRPCError({ code: 'PARSE_ERROR' });
}

function parse(json: string, toInput: (value: unknown) => unknown): unknown {
  try {
    return toInput(JSON.parse(json));
  } catch {
    // The parser's message would quote the body.
    throw new TRPCError({ code: 'PARSE_ERROR' });
  }
}

/**
 * Converts the texts of a query string to the numbers and booleans of the schema. A text that does not fit, and a
 * repeated name, are left as they are: the schema refuses them by name.
 */
function readQuery(
  query: URLSearchParams,
  { properties = {} }: JsonSchema,
  toInput: (value: unknown) => unknown,
): Record<string, unknown> {
  const named = toInput(Object.fromEntries([...query.keys()].map((name) => [name, query.getAll(name)])));
  if (!isObject(named)) return {};
  const values = Object.entries(named).map(([name, texts]) => {
    const [text, ...others] = Array.isArray(texts) ? texts.map(String) : [];
    const type = properties[name]?.type;
    if (type === 'array' || text === undefined || others.length > 0) return [name, texts] as const;
    return [name, toTyped(text, type)] as const;
  });
  return Object.fromEntries(values);
}

function toTyped(text: string, type: JsonSchema['type']): unknown {
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  if ((type === 'integer' || type === 'number') && /^-?\d{1,15}(\.\d+)?$/.test(text)) return Number(text);
  return text;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
