// Sends one raw HTTP request: fetch would add headers, forbid some and follow redirects.
import { once } from 'node:events';
import http, { type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http';
import { text } from 'node:stream/consumers';

export interface RawResponse {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

export async function sendRequest(
  url: string,
  options: { method?: string; headers?: OutgoingHttpHeaders; body?: string | Buffer } = {},
): Promise<RawResponse> {
  const { method = 'GET', headers = {}, body } = options;
  const request = http.request(url, { method, headers, agent: false });
  request.end(body);
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  return { status: response.statusCode ?? 0, headers: response.headers, body: await text(response) };
}

/** The `reason` in an error response of tRPC or of any other route. */
export function reasonOf({ body }: RawResponse): string | undefined {
  return /"reason":"(\w+)"/.exec(body)?.[1];
}
