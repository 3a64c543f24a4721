// One call over a real socket, on each transport that a client can use.
import http from 'node:http';
import { once } from 'node:events';
import type { RestRoute } from '@parley/api';
import type { TRPCProcedureType } from '@trpc/server';
import { sendRequest } from '../send-request.ts';

export interface Outcome {
  /** Whether the call succeeded. */
  isOk: boolean;
  /** The tRPC code of an error, for example `NOT_FOUND`. */
  code: string | undefined;
  reason: string | undefined;
  /** The whole response body. */
  body: string;
}

export interface Call {
  path: string;
  type: TRPCProcedureType;
  input: unknown;
  headers: Record<string, string>;
}

/** Calls like `httpLink`, or like `httpSubscriptionLink`. */
export async function callAlone(url: string, { input, ...call }: Call): Promise<Outcome> {
  if (input instanceof FormData) {
    return outcomeOf(await postForm(`${url}/trpc/${call.path}`, call.headers, input));
  }
  return callWithText(url, call, input === undefined ? undefined : JSON.stringify({ json: input }));
}

/** Calls with an input that may be invalid JSON. */
export async function callWithText(
  url: string,
  { path, type, headers }: Omit<Call, 'input'>,
  json: string | undefined,
): Promise<Outcome> {
  if (type === 'mutation') {
    return outcomeOf(await post(`${url}/trpc/${path}`, headers, json));
  }
  const query = json === undefined ? '' : `?input=${encodeURIComponent(json)}`;
  if (type === 'subscription') return outcomeOf(await readStream(`${url}/trpc/${path}${query}`, headers));
  return outcomeOf((await sendRequest(`${url}/trpc/${path}${query}`, { headers })).body);
}

/** Calls like `httpBatchLink`, as the second call of a batch whose first one any user may make. */
export async function callInBatch(url: string, { path, type, input, headers }: Call): Promise<Outcome> {
  const inputs = JSON.stringify({ 1: { json: input } });
  const isQuery = type === 'query';
  const first = isQuery ? 'team.get' : 'chat.stop';
  const target = `${url}/trpc/${first},${path}?batch=1`;
  const body = isQuery
    ? (await sendRequest(`${target}&input=${encodeURIComponent(inputs)}`, { headers })).body
    : await post(target, headers, inputs);
  const answers: unknown = JSON.parse(body);
  if (!Array.isArray(answers)) return outcomeOf(body);
  return outcomeOf(JSON.stringify(answers[1]));
}

/** Calls the procedure's REST route. */
export async function callOverRest(
  url: string,
  { method, path }: Pick<RestRoute, 'method' | 'path'>,
  { input, headers }: Pick<Call, 'input' | 'headers'>,
): Promise<Outcome> {
  const fields = input instanceof FormData ? input : Object.entries(input ?? {});
  const rest = new Map([...fields].map(([name, value]) => [toSnakeCase(name), value]));
  const target = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = rest.get(name);
    rest.delete(name);
    return encodeURIComponent(String(value));
  });
  const isQuery = method === 'GET';
  const query = new URLSearchParams();
  if (isQuery) for (const [name, value] of rest) query.set(name, String(value));
  const sent = isQuery || rest.size === 0 ? undefined : bodyOf(input, Object.fromEntries(rest));
  const response = await fetch(`${url}${target}?${query.toString()}`, {
    method,
    headers: {
      ...headers,
      'sec-fetch-site': 'same-origin',
      accept: 'text/event-stream, application/json',
      ...(typeof sent === 'string' ? { 'content-type': 'application/json' } : {}),
    },
    ...(sent === undefined ? {} : { body: sent }),
  });
  const body = await response.text();
  const code = response.ok ? undefined : (codesOfStatus[response.status] ?? String(response.status));
  return { isOk: response.ok, code, reason: /"reason":"([A-Z_]+)"/.exec(body)?.[1], body };
}

const bodyOf = (input: unknown, fields: unknown): FormData | string =>
  input instanceof FormData ? input : JSON.stringify(fields);

const codesOfStatus: Record<number, string> = { 401: 'UNAUTHORIZED', 403: 'FORBIDDEN', 404: 'NOT_FOUND' };

function toSnakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

async function post(url: string, headers: Record<string, string>, body: string | undefined): Promise<string> {
  const answer = await sendRequest(url, {
    method: 'POST',
    headers: { ...headers, 'sec-fetch-site': 'same-origin', 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body }),
  });
  return answer.body;
}

async function postForm(url: string, headers: Record<string, string>, form: FormData): Promise<string> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { ...headers, 'sec-fetch-site': 'same-origin' },
    body: form,
  });
  return response.text();
}

/** Reads a stream to its end. The runs that it follows have ended already. */
async function readStream(url: string, headers: Record<string, string>): Promise<string> {
  const request = http.get(url, { headers: { ...headers, accept: 'text/event-stream' }, agent: false });
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  let body = '';
  response.setEncoding('utf8');
  for await (const chunk of response) {
    body += String(chunk);
    // The server leaves it to the client to close the connection.
    if (/^event: (?:return|serialized-error)$/m.test(body)) break;
  }
  request.destroy();
  return body;
}

export function outcomeOf(body: string): Outcome {
  const code = /"code":"([A-Z_]+)"/.exec(body)?.[1];
  const reason = /"reason":"([A-Z_]+)"/.exec(body)?.[1];
  return { isOk: code === undefined, code, reason, body };
}
