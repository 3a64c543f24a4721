import { exportOutput, type RestRoute } from '@parley/api';
import { ResponseStream, StreamRegistry } from '@parley/trpc-node';
import { callRoute } from './call-route.ts';
import { readInput } from './read-input.ts';
import type { RestAnswerer } from './rest-request.ts';

const streams = new StreamRegistry();

/** Answers with a whole chat as a file: a piece is read when the client has taken the one before. */
export function respondExport(route: RestRoute): RestAnswerer {
  return {
    method: route.method,
    path: route.path,
    async answer(exchange) {
      const { response, signal } = exchange;
      const input = await readInput(exchange, route);
      let piece = exportOutput.parse(await callRoute(exchange, route, input));
      const isJson = input?.['format'] === 'json';
      response.writeHead(200, {
        'content-type': isJson ? 'application/json; charset=utf-8' : 'text/markdown; charset=utf-8',
        'content-disposition': `attachment; filename="chat.${isJson ? 'json' : 'md'}"`,
        'cache-control': 'no-store',
      });
      const stream = new ResponseStream({ response, signal }, streams);
      while (!stream.isEnded) {
        stream.write(piece.text);
        await stream.whenReady();
        if (piece.nextCursor === null) break;
        const next = await callRoute(exchange, route, { ...input, cursor: piece.nextCursor });
        piece = exportOutput.parse(next);
      }
      stream.end();
    },
  };
}
