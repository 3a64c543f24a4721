import type { OutgoingHttpHeaders } from 'node:http';
import type { TRPCError } from '@trpc/server';
import { getHTTPStatusCode } from '@trpc/server/http';
import type { TRPCResponse } from '@trpc/server/rpc';
import type { Exchange } from './exchange.ts';
import { mergeHeaders } from './merge-headers.ts';

export interface ResponseHead {
  status: number;
  headers: OutgoingHttpHeaders;
}

export interface Outcomes {
  /** Before the transformer; undefined for a stream, whose head goes before its results. */
  responses: TRPCResponse[] | undefined;
  /** By the same index. */
  errors: (TRPCError | undefined)[];
}

/** The status and the headers of an answer: tRPC's own, then what `responseMeta` makes of them. */
export function responseHead(
  exchange: Exchange,
  { responses, errors }: Outcomes,
  streamHeaders?: OutgoingHttpHeaders,
): ResponseHead {
  const { allow, contentType, settings } = exchange;
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

  const { info, context } = exchange;
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
