import { sendJson } from '../send-json.ts';
import { callRoute } from './call-route.ts';
import type { ReadInput } from './read-input.ts';
import type { RestRequest } from './rest-request.ts';

/** Responds with the procedure's output. */
export async function respondJson(rest: RestRequest, readInput: ReadInput): Promise<void> {
  const output = await callRoute(rest, readInput);
  sendJson(rest.response, rest.route.meta.status ?? 200, rest.names.toOutput(output));
}
