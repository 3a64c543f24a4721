import { sendJson } from '../send-json.ts';
import { callRoute } from './call-route.ts';
import type { RestRequest } from './rest-request.ts';

/** Responds with the procedure's output. */
export async function respondJson(rest: RestRequest, input: unknown): Promise<void> {
  const output = await callRoute(rest, input);
  sendJson(rest.response, rest.route.meta.status ?? 200, rest.names.toAnswer(output));
}
