// Reads a procedure's input from the parts of a REST request: the path, the query string and the body.
import { hasBody, type JsonSchema, type MultipartBody } from '@parley/api';
import { newId } from '@parley/db';
import { parseJson, readBody, readForm } from '@parley/trpc-node';
import { TRPCError } from '@trpc/server';
import { MAX_BODY_BYTES } from '../edge/check-body.ts';
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
  if (meta.body !== undefined) return readUpload(rest, meta.body);
  const sent = hasBody(route) ? await readJsonBody(rest) : readQuery(query, input ?? {}, names.toInput);
  if (input === undefined) return undefined;
  const ids = Object.fromEntries((meta.newIds ?? []).map((name) => [name, newId()]));
  return { ...ids, ...sent, ...parameters };
}

async function readUpload(
  { request, parameters }: RestRequest,
  { maxBytes }: MultipartBody,
): Promise<FormData> {
  try {
    const form = await readForm(request, maxBytes, tooLargeMessage(maxBytes));
    for (const [name, value] of Object.entries(parameters)) form.set(name, value);
    return form;
  } catch (error) {
    throw error instanceof TRPCError ? error : new TRPCError({ code: 'PARSE_ERROR' });
  }
}

function tooLargeMessage(maxBytes: number): string {
  return `The body is larger than the limit of ${maxBytes} bytes.`;
}

/** Reads an empty body as an empty object: the schema names what is missing. */
async function readJsonBody({ request, names }: RestRequest): Promise<Record<string, unknown>> {
  const body = await readBody(request, MAX_BODY_BYTES, tooLargeMessage(MAX_BODY_BYTES));
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
    return toInput(parseJson(json));
  } catch (error) {
    if (error instanceof TRPCError) throw error;
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
  const texts = Map.groupBy(query, ([name]) => name);
  const named = toInput(
    Object.fromEntries([...texts].map(([name, pairs]) => [name, pairs.map(([, text]) => text)])),
  );
  if (!isObject(named)) return {};
  const values = Object.entries(named).map(([name, given]) => {
    const [text, ...others] = Array.isArray(given) ? given.map(String) : [];
    const type = properties[name]?.type;
    if (type === 'array' || text === undefined || others.length > 0) return [name, given] as const;
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
