import type { RestRoute } from '@parley/api';
import { callProcedure } from './call-procedure.ts';
import { readInput } from './read-input.ts';
import type { RestAnswerer } from './rest-exchange.ts';
import { sendJson } from '../send-json.ts';

/** Answers with what the route's procedure gives. */
export function answerProcedure(route: RestRoute): RestAnswerer {
  return {
    method: route.method,
    path: route.path,
    async answer(exchange) {
      const data = await callProcedure(exchange, route, await readInput(exchange, route));
      sendJson(exchange.response, route.meta.status ?? 200, exchange.names.toAnswer(data));
    },
  };
}
