import type { RestRoute } from '@parley/api';
import { callRoute } from './call-route.ts';
import { readInput } from './read-input.ts';
import type { RestAnswerer } from './rest-request.ts';
import { sendJson } from '../send-json.ts';

/** Answers with what the route's procedure gives. */
export function respondJson(route: RestRoute): RestAnswerer {
  return {
    method: route.method,
    path: route.path,
    async answer(exchange) {
      const data = await callRoute(exchange, route, await readInput(exchange, route));
      sendJson(exchange.response, route.meta.status ?? 200, exchange.names.toAnswer(data));
    },
  };
}
