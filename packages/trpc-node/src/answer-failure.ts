import { getTRPCErrorFromUnknown } from '@trpc/server';
import { errorShape } from './error-shape.ts';
import type { ErrorOrigin, Exchange } from './exchange.ts';
import { responseHead } from './response-head.ts';
import { sendText } from './send-text.ts';

/**
 * Answers a request that failed as a whole: not understood, or with results that could not be sent.
 * @throws whatever responseMeta, errorFormatter or the transformer throw
 */
export function answerFailure(exchange: Exchange, cause: unknown): void {
  const error = getTRPCErrorFromUnknown(cause);
  const origin: ErrorOrigin = { path: undefined, input: undefined, type: exchange.info?.type ?? 'unknown' };
  exchange.report(error, origin);
  const shape = errorShape(exchange, error, origin);
  const body = JSON.stringify({ error: exchange.settings.serialize(shape) });
  sendText(exchange, responseHead(exchange, { responses: [{ error: shape }], errors: [error] }), body);
}
