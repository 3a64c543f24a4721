// An agent's picture: a form on its way in, and a file on its way out.
import { avatarFileOutput, MAX_AVATAR_BYTES, type RestRoute } from '@parley/api';
import { TRPCError } from '@trpc/server';
import { sendJson } from '../send-json.ts';
import { callRoute } from './call-route.ts';
import { readRestBody } from './read-rest-body.ts';
import type { RestAnswerer, RestRequest } from './rest-request.ts';

/** The picture, and what a form puts around it. */
export const MAX_FORM_BYTES = MAX_AVATAR_BYTES + 16_384;

export function answerSetAvatar(route: RestRoute): RestAnswerer {
  return {
    method: route.method,
    path: route.path,
    async answer(exchange) {
      const form = await readForm(exchange);
      form.set('id', exchange.parameters['id'] ?? '');
      const data = await callRoute(exchange, route, form);
      sendJson(exchange.response, 200, exchange.names.toAnswer(data));
    },
  };
}

/** @throws TRPCError where the body is too long, or no form */
async function readForm({ request, context }: RestRequest): Promise<FormData> {
  // Before the body is kept: a form is larger than what just anyone may send.
  await context.authenticate();
  const body = await readRestBody(request, MAX_FORM_BYTES);
  try {
    const headers = { 'content-type': request.headers['content-type'] ?? '' };
    return await new Response(new Uint8Array(body), { headers }).formData();
  } catch {
    throw new TRPCError({ code: 'PARSE_ERROR' });
  }
}

export function respondBytes(route: RestRoute): RestAnswerer {
  return {
    method: route.method,
    path: route.path,
    async answer(exchange) {
      const { request, response, parameters } = exchange;
      const data = await callRoute(exchange, route, parameters);
      const { contentType, etag, bytes } = avatarFileOutput.parse(data);
      const tag = `"${etag}"`;
      // For this user's browser alone, which asks each time: who leaves the team does not see it any more.
      response.setHeader('cache-control', 'private, no-cache');
      response.setHeader('etag', tag);
      if (isKnown(request.headers['if-none-match'], tag)) {
        response.writeHead(304).end();
        return;
      }
      response.writeHead(200, {
        'content-type': contentType,
        'content-length': bytes.length,
        'content-disposition': 'inline; filename="avatar.webp"',
      });
      response.end(bytes);
    },
  };
}

/** RFC 9110, section 13.1.2: weak comparison. */
function isKnown(ifNoneMatch: string | undefined, tag: string): boolean {
  const entries = (ifNoneMatch ?? '').split(',').map((entry) => entry.trim().replace(/^W\//, ''));
  return entries.some((entry) => entry === tag || entry === '*');
}
