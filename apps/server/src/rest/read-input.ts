// A procedure's input, from where a REST request carries it: the path, the query string, or the JSON body.
import type { JsonSchema, RestRoute } from '@parley/api';
import { TRPCError } from '@trpc/server';
import { readRestBody } from './read-rest-body.ts';
import type { RestRequest } from './rest-request.ts';

const MAX_BODY_BYTES = 1_000_000;

/** @throws TRPCError where the body is too long, no JSON object, or not sent as JSON */
export async function readInput(
  exchange: RestRequest,
  { method, input }: RestRoute,
): Promise<Record<string, unknown> | undefined> {
  const { query, parameters, names } = exchange;
  const isInBody = method === 'POST' || method === 'PUT';
  const sent = isInBody ? await readJsonBody(exchange) : readQuery(query, input ?? {}, names.toInput);
  return input === undefined ? undefined : { ...sent, ...parameters };
}

/** An empty body is an empty object: what is missing is for the schema to say. */
export async function readJsonBody({ request, names }: RestRequest): Promise<Record<string, unknown>> {
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
    // The parser's message would quote what was sent.
    throw new TRPCError({ code: 'PARSE_ERROR' });
  }
}

/**
 * A query string has text only, and the schemas want numbers and booleans. What is not one, and what is given twice,
 * stays as it is: the schema refuses it, and names it.
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
