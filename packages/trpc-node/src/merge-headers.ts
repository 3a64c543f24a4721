import type { OutgoingHttpHeaders } from 'node:http';
import type { ResponseMeta } from '@trpc/server/http';

/** `responseMeta`'s headers over ours, by the rules of the Headers class, which tRPC's own adapters go by. */
export function mergeHeaders(own: OutgoingHttpHeaders, added: ResponseMeta['headers']): OutgoingHttpHeaders {
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
