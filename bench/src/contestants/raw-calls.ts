// Calls on raw node:http: a table of paths, zod checks of input and output, and one write for each response.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { z } from 'zod';
import type { HttpRequest } from '../load/http-request.ts';
import { unaryCalls, type UnaryCall, type UnaryCallName } from '../workload/unary-calls.ts';

/** The encoding of values. */
export interface Encoding {
  parse: (text: string) => unknown;
  stringify: (value: unknown) => string;
}

export const plainJson: Encoding = {
  parse: (text): unknown => JSON.parse(text),
  stringify: JSON.stringify,
};

/** Procedures by name. Each checks the input, runs, and checks the output. */
export type Procedures = ReadonlyMap<string, (input: unknown) => unknown>;

export const rawProcedures: Procedures = new Map([
  ['getChat', toProcedure(unaryCalls.getChat)],
  ['sendMessage', toProcedure(unaryCalls.sendMessage)],
  ['listMessages', toProcedure(unaryCalls.listMessages)],
]);

function toProcedure<Input extends z.ZodType, Output extends z.ZodType>(call: UnaryCall<Input, Output>) {
  const { inputSchema, outputSchema, output } = call;
  return (value: unknown): unknown => {
    inputSchema.parse(value);
    return outputSchema.parse(output);
  };
}

export function rawUnaryRequest({ stringify }: Encoding) {
  return (name: UnaryCallName): HttpRequest => {
    const { isMutation, input } = unaryCalls[name];
    return isMutation
      ? { method: 'POST', path: `/${name}`, body: stringify(input) }
      : { method: 'GET', path: `/${name}?input=${encodeURIComponent(stringify(input))}` };
  };
}

const INPUT_PARAMETER = '?input=';

/** Creates a listener that answers calls. An output that is not a promise is sent at once, since raw contestants need no promises. */
export function answerRawCalls(
  procedures: Procedures,
  { parse, stringify }: Encoding,
): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    const { url = '/' } = request;
    const query = url.indexOf(INPUT_PARAMETER);
    const run = procedures.get(url.slice(1, query === -1 ? undefined : query));
    if (run === undefined) {
      response.writeHead(404).end();
      return;
    }
    if (query !== -1) {
      answer(run, response, decodeURIComponent(url.slice(query + INPUT_PARAMETER.length)));
      return;
    }
    request.setEncoding('utf8');
    let body = '';
    request.on('data', (chunk: string) => (body += chunk));
    request.on('end', () => answer(run, response, body));
  };

  function answer(run: (input: unknown) => unknown, response: ServerResponse, input: string): void {
    const output = run(parse(input));
    if (output instanceof Promise) output.then((value) => send(response, stringify(value)), console.error);
    else send(response, stringify(output));
  }
}

function send(response: ServerResponse, text: string): void {
  response.writeHead(200, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
}
