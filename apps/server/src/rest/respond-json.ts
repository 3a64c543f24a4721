import { StreamRegistry, ResponseStream } from '@parley/trpc-node';
import { sendJson } from '../send-json.ts';
import { callRoute } from './call-route.ts';
import type { ReadInput } from './read-input.ts';
import type { RestRequest } from './rest-request.ts';
import { writeJson } from './write-json.ts';

/** A longer array is written in pieces. Lists have at most 100 items, so only whole chats are longer. */
const MAX_ITEMS_AT_ONCE = 200;

const streams = new StreamRegistry();

/** Responds with the procedure's output. */
export async function respondJson(rest: RestRequest, readInput: ReadInput): Promise<void> {
  const { response, signal, names, route } = rest;
  const output = await callRoute(rest, readInput);
  const status = route.meta.status ?? 200;
  if (!hasLongArray(output)) return sendJson(response, status, names.toOutput(output));
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
  });
  await writeJson(output, {
    stream: new ResponseStream({ response, signal }, streams),
    convert: names.toOutput,
  });
}

function hasLongArray(output: unknown): output is Record<string, unknown> {
  if (typeof output !== 'object' || output === null || Array.isArray(output)) return false;
  return Object.values(output).some((value) => Array.isArray(value) && value.length > MAX_ITEMS_AT_ONCE);
}
