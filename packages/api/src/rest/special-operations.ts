// What REST does beyond calling a procedure with JSON, told to the documentation.
import type { JsonSchema } from './json-schema.ts';

export interface RequestBody {
  required: boolean;
  content: Record<
    string,
    { schema: JsonSchema; example?: unknown; encoding?: Record<string, { contentType: string }> }
  >;
}

export interface Parameter {
  name: string;
  in: 'path' | 'query';
  required: boolean;
  description?: string;
  schema: JsonSchema;
  example?: unknown;
}

export interface Operation {
  operationId: string;
  summary: string;
  description?: string;
  tags: string[];
  security: Record<string, string[]>[];
  parameters?: Parameter[] | undefined;
  requestBody?: RequestBody;
  responses: Record<string, unknown>;
}

const ID = '0199a5f2-7c00-7d3e-9a41-5b1f6c2e8d70';

/** By procedure. */
export const specialOperations: Record<string, (operation: Operation) => void> = {
  'chat.send': describeSend,
  'chat.export': describeExport,
  'agent.avatar': describeAvatar,
  'agent.setAvatar': describeSetAvatar,
};

const eventStream = `data: {"type":"status","data":{"description":"Sending request...","level":"info","done":false}}

data: {"type":"message","data":{"content":"Hi"}}

data: {"type":"done","data":{"message":"Stream completed","message_id":"0199a5f2-7c00-7d3e-9a41-5b1f6c2e8d70"}}

`;

const message = { $ref: '#/components/schemas/Message' };

const failedAnswer = (description: string, reason: string): unknown => ({
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
          timestamp: '2026-11-23T09:30:00.000Z',
          status: 'failed',
          is_superseded: false,
          run_id: '0199a5f2-7c00-7d3e-9a41-5b1f6c2e8d70',
          error: { reason, message: 'The agent did not answer.' },
        },
      },
    },
  },
});

/** REST sends and streams in one; what chat.send answers over tRPC is not what it gives. */
function describeSend(operation: Operation): void {
  const json = operation.requestBody?.content['application/json'];
  if (json === undefined) throw new Error('chat.send takes a body');
  // Over REST the server makes an id where there is none.
  json.schema.required = ['content'];
  json.example = { content: 'Hello' };
  operation.responses = {
    '200': {
      description: 'The answer: as it is made, or when it is complete.',
      content: {
        'text/event-stream': {
          schema: {
            type: 'string',
            description:
              'Server-Sent Events, each one line of JSON: `status`, `message` (`content` to append; with `reset`, forget the text so far), and at the end `done` or `error`.',
          },
          example: eventStream,
        },
        'application/json': { schema: message },
      },
    },
    '202': {
      description: 'The agent goes on, but this client may not wait for it any longer.',
      content: { 'application/json': { schema: message } },
    },
    ...operation.responses,
    '502': failedAnswer('Only to a client that waits for JSON: the agent has failed.', 'AGENT_ERROR'),
    '503': failedAnswer('As 502: the server stopped before the answer was complete.', 'RUN_INTERRUPTED'),
    '504': failedAnswer('As 502: the agent took too long.', 'AGENT_TIMEOUT'),
  };
}

function describeExport(operation: Operation): void {
  // Over REST the pieces are put together.
  operation.parameters = operation.parameters?.filter(({ name }) => name !== 'cursor');
  operation.responses['200'] = {
    description: 'The whole chat.',
    content: {
      'text/markdown': {
        schema: { type: 'string' },
        example: '# First chat\n\n## User, 2026-11-23T09:30:00.000Z\n\nHello\n',
      },
      'application/json': {
        schema: {
          type: 'object',
          properties: {
            chat: { type: 'object', properties: { id: { type: 'string' }, title: { type: 'string' } } },
            messages: { type: 'array', items: { type: 'object' } },
          },
          required: ['chat', 'messages'],
        },
        example: { chat: { id: ID, title: 'First chat' }, messages: [{ role: 'user', content: 'Hello' }] },
      },
    },
  };
}

function describeAvatar(operation: Operation): void {
  operation.responses = {
    ...operation.responses,
    '200': {
      description: 'The picture, with an `ETag`.',
      content: { 'image/webp': { schema: { type: 'string', format: 'binary' }, example: 'RIFF' } },
    },
    '304': { description: 'It is the one that `If-None-Match` names.' },
  };
}

function describeSetAvatar(operation: Operation): void {
  operation.parameters = [
    { name: 'id', in: 'path', required: true, schema: { type: 'string', format: 'uuid' }, example: ID },
  ];
  operation.requestBody = {
    required: true,
    content: {
      'multipart/form-data': {
        schema: {
          type: 'object',
          properties: { avatar: { type: 'string', format: 'binary' } },
          required: ['avatar'],
        },
        encoding: { avatar: { contentType: 'image/png, image/jpeg, image/webp' } },
      },
    },
  };
}
