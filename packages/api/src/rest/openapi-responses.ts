// The successful responses of an operation, by what the procedure's `meta.rest.response` declares.
import type { OpenApiSchemas } from './openapi-schemas.ts';
import { toJsonSchema } from './json-schema.ts';
import type { BytesResponse, ExportResponse } from './procedure-meta.ts';
import type { RestNames } from './rest-names.ts';
import type { RestRoute } from './rest-routes.ts';

export function successResponses(
  route: RestRoute,
  schemas: OpenApiSchemas,
  names: RestNames,
): Record<string, unknown> {
  const { response } = route.meta;
  switch (response?.type) {
    case 'bytes':
      return bytesResponses(response);
    case 'export':
      return exportResponses(response, schemas, names);
    case 'run':
      return runResponses();
    case undefined:
      return jsonResponses(route, schemas, names);
  }
}

function jsonResponses(
  { meta: { status }, output }: RestRoute,
  schemas: OpenApiSchemas,
  names: RestNames,
): Record<string, unknown> {
  const example = output === undefined ? undefined : names.toOutput(schemas.sample(output));
  return {
    [status ?? 200]: {
      description: status === 201 ? 'Created' : 'OK',
      content: { 'application/json': { schema: schemas.add(output ?? {}), example } },
    },
  };
}

function bytesResponses({ mediaType, description }: BytesResponse): Record<string, unknown> {
  const content = { [mediaType]: { schema: { type: 'string', format: 'binary' }, example: 'RIFF' } };
  return {
    '200': { description, content },
    '304': { description: 'Not modified: `If-None-Match` has the current `ETag`.' },
  };
}

function exportResponses(
  { description, formats }: ExportResponse,
  schemas: OpenApiSchemas,
  names: RestNames,
): Record<string, unknown> {
  const content = Object.values(formats).map(({ mediaType, schema: zodSchema, example }) => {
    const schema = toJsonSchema(zodSchema, 'output');
    return [
      mediaType,
      { schema: schemas.add(schema), example: example ?? names.toOutput(schemas.sample(schema)) },
    ] as const;
  });
  return { '200': { description, content: Object.fromEntries(content) } };
}

const eventStream = `data: {"type":"status","data":{"description":"Sending request...","level":"info","done":false}}

data: {"type":"part","data":{"id":"r1","type":"reasoning-delta","delta":"They greet me."}}

data: {"type":"message","data":{"content":"Hi"}}

data: {"type":"done","data":{"message":"Stream completed","message_id":"0199a5f2-7c00-7d3e-9a41-5b1f6c2e8d70"}}

`;

const message = { $ref: '#/components/schemas/Message' };

function runResponses(): Record<string, unknown> {
  return {
    '200': {
      description: 'The answer: its events while the agent generates it, or the complete message.',
      content: {
        'text/event-stream': {
          schema: {
            type: 'string',
            description:
              'Server-Sent Events, one line of JSON each: `status`; `message` with `content` to append, where `reset` means to discard the text so far, and `parts` to replace all parts; `part`, which replaces the part with the same `id` or is new, and as `reasoning-delta` appends to it; `done` or `error` at the end. Ignore types that you do not know.',
          },
          example: eventStream,
        },
        'application/json': { schema: message },
      },
    },
    '202': {
      description: 'The agent is still answering, but this client may not follow the answer any longer.',
      content: { 'application/json': { schema: message } },
    },
    '502': failedRun('The agent failed. Sent only to a client that waits for JSON.', 'AGENT_ERROR'),
    '503': failedRun('As 502: the server stopped before the answer was complete.', 'RUN_INTERRUPTED'),
    '504': failedRun('As 502: the agent took too long.', 'AGENT_TIMEOUT'),
  };
}

function failedRun(description: string, reason: string): unknown {
  return {
    description,
    content: {
      'application/json': {
        schema: {
          allOf: [
            { $ref: '#/components/schemas/Error' },
            { type: 'object', properties: { answer: message }, required: ['answer'] },
          ],
        },
        example: {
          reason,
          message: 'The agent did not answer.',
          answer: {
            id: '0199a5f2-7c00-7d3e-9a41-5b1f6c2e8d70',
            seq: 2,
            role: 'assistant',
            content: '',
            parts: [],
            timestamp: '2026-11-23T09:30:00.000Z',
            status: 'failed',
            is_superseded: false,
            run_id: '0199a5f2-7c00-7d3e-9a41-5b1f6c2e8d70',
            error: { reason, message: 'The agent did not answer.' },
          },
        },
      },
    },
  };
}
