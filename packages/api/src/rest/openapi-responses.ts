// The successful responses of an operation, by what the procedure's `meta.rest.response` declares.
import { runEventSchema } from '../chat/run-event.schema.ts';
import { ID_EXAMPLE } from './field-notes.ts';
import { toJsonSchema } from './json-schema.ts';
import type { OpenApiSchemas } from './openapi-schemas.ts';
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
      return runResponses(schemas);
    case 'events':
      return eventsResponses(schemas);
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

const wireExample = `data: {"type":"status","data":{"description":"Sending request...","level":"info","done":false}}
id: ${ID_EXAMPLE}:1

data: {"type":"part","data":{"id":"r1","type":"reasoning-delta","delta":"They greet me."}}
id: ${ID_EXAMPLE}:2

data: {"type":"message","data":{"content":"Hi"}}
id: ${ID_EXAMPLE}:3

data: {"type":"done","data":{"message":"Stream completed","message_id":"${ID_EXAMPLE}"}}
id: ${ID_EXAMPLE}:end

`;

const eventsDescription =
  'Server-Sent Events, one line of JSON and an `id` each: `status`; `message` with `content` to append, where `reset` means to discard the text so far, and `parts` to replace all parts; `part`, which replaces the part with the same `id` or is new, and as `reasoning-delta` appends to it; `done` or `error` at the end. `closed`, without an id, says why the server ends the stream of a run that goes on: do not reconnect. Ignore types that you do not know.\n\n' +
  '```\n' +
  wireExample +
  '```';

/** OpenAPI 3.1 has no schema for a sequence: as usual, the schema is that of the JSON in each event's `data`. */
function eventStream(schemas: OpenApiSchemas): object {
  return {
    schema: schemas.add(toJsonSchema(runEventSchema, 'output')),
    example: { type: 'message', data: { content: 'Hi' } },
  };
}

const message = { $ref: '#/components/schemas/Message' };

function runResponses(schemas: OpenApiSchemas): Record<string, unknown> {
  return {
    '200': {
      description: `The answer: the complete message or, while the agent generates it, its events. ${eventsDescription}`,
      content: {
        'text/event-stream': eventStream(schemas),
        'application/json': { schema: message },
      },
    },
    '202': {
      description: 'The agent is still answering, but this client may not follow the answer any longer.',
      content: { 'application/json': { schema: message } },
    },
  };
}

function eventsResponses(schemas: OpenApiSchemas): Record<string, unknown> {
  return {
    '200': { description: eventsDescription, content: { 'text/event-stream': eventStream(schemas) } },
    '204': { description: 'The client has the last event of the run. An EventSource does not reconnect.' },
  };
}
