import { isLargeValue, ResponseStream, StreamRegistry, writeJson } from '@parley/trpc-node';
import { sendJson } from '../send-json.ts';
import { callRoute } from './call-route.ts';
import type { ReadInput } from './read-input.ts';
import type { RestRequest } from './rest-request.ts';

const streams = new StreamRegistry();

/** Responds with the procedure's output. */
export async function respondJson(rest: RestRequest, readInput: ReadInput): Promise<void> {
  const { response, signal, names, route } = rest;
  const output = await callRoute(rest, readInput);
  const status = route.meta.status ?? 200;
  if (!isLargeValue(output)) return sendJson(response, status, names.toOutput(output));
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
  });
  const stream = new ResponseStream({ response, signal }, streams);
  await writeJson(output, { stream, convert: names.toOutput });
  stream.end();
}
