// Sends a response: its status, its headers and a body that is complete.
import type { OutgoingHttpHeaders } from 'node:http';
import type { TRPCError } from '@trpc/server';
import { getHTTPStatusCode, type ResponseMeta } from '@trpc/server/http';
import type { TRPCResponse } from '@trpc/server/rpc';
import type { RequestResponse } from './request-response.ts';

export interface ResponseHead {
  status: number;
  headers: OutgoingHttpHeaders;
}

export interface Outcomes {
  /** Before the transformer. Undefined for a stream, whose head precedes its results. */
  responses: TRPCResponse[] | undefined;
  /** By the same index. */
  errors: (TRPCError | undefined)[];
}

/** Sends a complete body. */
export function sendText(http: RequestResponse, head: ResponseHead, body: string): void {
  const { response } = http;
  if (response.headersSent) {
    response.end('', 'utf8');
    return;
  }
  const bytes = Buffer.byteLength(body);
  head.headers['content-length'] = bytes;
  sendHead(http, head);
  // The body is ASCII, so it has as many bytes as characters, and node writes it fastest as latin1.
  response.end(body, bytes === body.length ? 'latin1' : 'utf8');
}

/** A status that was set on the response itself, for example by createContext, stays. */
export function sendHead({ response }: RequestResponse, { status, headers }: ResponseHead): void {
  response.writeHead(response.statusCode === 200 ? status : response.statusCode, headers);
}

/** tRPC's own status and headers, then the changes of `responseMeta`. */
export function responseHead(
  http: RequestResponse,
  { responses, errors }: Outcomes,
  streamHeaders?: OutgoingHttpHeaders,
): ResponseHead {
  const { allow, contentType, settings } = http;
  const status =
    responses === undefined || errors.every((error) => error === undefined)
      ? 200
      : getHTTPStatusCode(responses, errors);
  const headers: OutgoingHttpHeaders = {
    vary: 'trpc-accept, accept',
    'content-type': contentType,
    ...streamHeaders,
  };
  if (allow !== undefined) headers['allow'] = allow;
  const { responseMeta } = settings;
  if (responseMeta === undefined) return { status, headers };

  const { info, context } = http;
  const meta = responseMeta({
    ctx: context,
    info,
    paths: info?.calls.map(({ path }) => path),
    data: responses ?? [],
    errors: errors.filter((error) => error !== undefined),
    eagerGeneration: responses === undefined,
    type: info?.calls.find(({ procedure }) => procedure !== null)?.procedure?._def.type ?? 'unknown',
  });
  return { status: meta.status ?? status, headers: mergeHeaders(headers, meta.headers) };
}

/** Merges `responseMeta`'s headers into ours by the rules of the Headers class, which tRPC's own adapters use. */
function mergeHeaders(own: OutgoingHttpHeaders, added: ResponseMeta['headers']): OutgoingHttpHeaders {
  if (added === undefined) return own;
  const headers = new Headers();
  for (const [name, value] of Object.entries(own)) headers.set(name, String(value));
  if (added instanceof Headers) {
    for (const [name, value] of added) headers.append(name, value);
  } else {
    for (const [name, value] of Object.entries(added)) {
      if (typeof value === 'string') headers.set(name, value);
      else for (const one of value ?? []) headers.append(name, one);
    }
  }
  const merged: OutgoingHttpHeaders = Object.fromEntries(headers);
  const cookies = headers.getSetCookie();
  return cookies.length === 0 ? merged : { ...merged, 'set-cookie': cookies };
}
