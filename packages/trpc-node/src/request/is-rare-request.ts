import type { NodeRequest } from '../node-http.ts';
import { headerText } from './header-text.ts';
import { mediaType } from './media-type.ts';

/**
 * Requests that are not worth a second implementation, since they need Web objects anyhow (forms, bytes, streamed
 * batches) or hardly happen: tRPC's own adapter answers them.
 */
export function isRareRequest(request: NodeRequest): boolean {
  const { method } = request;
  if (method !== 'GET' && method !== 'POST') return true;
  // A parser in front of us has read the body.
  if ('body' in request || (method === 'POST' && request.readableEnded)) return true;
  const type = mediaType(request);
  return type === 'multipart/form-data' || type === 'application/octet-stream' || wantsStreamedBatch(request);
}

function wantsStreamedBatch(request: NodeRequest): boolean {
  const trpcAccept = headerText(request, 'trpc-accept');
  if (trpcAccept !== null) return trpcAccept === 'application/jsonl';
  const { accept } = request.headers;
  return (
    accept?.includes('application/jsonl') === true &&
    accept.split(',').some((type) => type.trim() === 'application/jsonl')
  );
}
