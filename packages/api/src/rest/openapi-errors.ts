// The error responses of each route, with their reasons and statuses.
import { keyScopes, type KeyScope } from '@parley/db';
import { DomainError, type DomainErrorReason } from '../errors.ts';
import { httpStatusOf } from '../error-response.ts';
import { messageOutput } from '../chat/chat.schema.ts';
import { failedAnswers } from './failed-answer.ts';
import { toJsonSchema, type JsonSchema } from './json-schema.ts';
import type { OpenApiSchemas } from './openapi-schemas.ts';
import type { RestNames } from './rest-names.ts';
import type { RestRoute } from './rest-routes.ts';

const errorSchema: JsonSchema = {
  type: 'object',
  properties: {
    reason: {
      type: 'string',
      description: 'A stable code for programs.',
      examples: ['CHAT_NOT_FOUND'],
    },
    message: { type: 'string', description: 'A message for people, with the next step.' },
    field_errors: {
      type: 'object',
      additionalProperties: { type: 'array', items: { type: 'string' } },
      description: 'With `INVALID_INPUT`: the problems of each field, by name.',
    },
    teams: {
      type: 'array',
      items: { type: 'string' },
      description: 'With `TEAM_REQUIRED`: the teams to choose from.',
    },
    required_scope: {
      type: 'string',
      enum: [...keyScopes],
      description: 'With `INSUFFICIENT_SCOPE`: the scope that an API key needs.',
    },
    retry_after_seconds: {
      type: 'number',
      description:
        'With `RATE_LIMITED`, `SERVER_BUSY`, `TEAM_BUSY` and `OVERLOADED`: how long to wait before a retry.',
    },
  },
  required: ['reason', 'message'],
};

const { reason: reasonSchema, message: messageSchema } = errorSchema.properties ?? {};

/** Not an `allOf` of `Error`: generators merge those in different ways. */
const failedAnswerSchema: JsonSchema = {
  type: 'object',
  properties: {
    ...(reasonSchema && { reason: reasonSchema }),
    ...(messageSchema && { message: messageSchema }),
    answer: { $ref: '#/components/schemas/Message' },
  },
  required: ['reason', 'message', 'answer'],
};

export const errorComponents = { Error: errorSchema, FailedAnswer: failedAnswerSchema };

interface ErrorExample {
  status: number;
  reason: string;
}

/** Reasons without a domain error. */
const invalidInput = { status: 400, reason: 'INVALID_INPUT' };
const internalError = { status: 500, reason: 'INTERNAL_ERROR' };

/** The `responses` of an operation, except its success. */
export function errorResponses(
  route: RestRoute,
  schemas: OpenApiSchemas,
  names: RestNames,
): Record<string, unknown> {
  const responses = new Map(
    [...Map.groupBy(errorsOf(route), ({ status }) => status)].map(([status, errors]) => [
      status,
      responseOf(errors, route.scope),
    ]),
  );
  if (route.meta.response?.type === 'run') {
    for (const { status, reasons } of failedAnswers) {
      responses.set(status, withFailedAnswer(responses.get(status), reasons, exampleAnswer(schemas, names)));
    }
  }
  return Object.fromEntries(responses);
}

interface ErrorResponse {
  description: string;
  content: { 'application/json': { schema: JsonSchema; examples: Record<string, { value: unknown }> } };
}

/** Adds to a response what a client gets that waits for the message of a run which fails. */
function withFailedAnswer(
  response: ErrorResponse | undefined,
  reasons: string[],
  answer: object,
): ErrorResponse {
  const failed = { $ref: '#/components/schemas/FailedAnswer' };
  const media = response?.content['application/json'];
  const examples = reasons.map((reason) => {
    const error = { reason, message: sentenceOf(reason) };
    return [`${reason} of an answer`, { value: { ...error, answer: { ...answer, error } } }] as const;
  });
  const sentence = `${reasons.map((reason) => `\`${reason}\``).join(', ')} of an answer, if the client waits for JSON`;
  return {
    description: response === undefined ? sentence : `${response.description}, or ${sentence}`,
    content: {
      'application/json': {
        schema: media === undefined ? failed : { anyOf: [failed, media.schema] },
        examples: { ...media?.examples, ...Object.fromEntries(examples) },
      },
    },
  };
}

function exampleAnswer(schemas: OpenApiSchemas, names: RestNames): object {
  const schema = toJsonSchema(messageOutput, 'output');
  const sample = names.toOutput(schemas.sample(schema));
  return { ...Object(sample), role: 'assistant', status: 'failed' };
}

export function errorsOf(route: RestRoute): ErrorExample[] {
  const { access, scope, input, meta, method } = route;
  const reasons: DomainErrorReason[] = [
    ...(access === 'anyone' || access === 'cookie' ? [] : authenticationErrors),
    // A key has no cookies.
    ...(access === 'cookie' ? (['INVALID_API_KEY', 'SESSION_REQUIRED'] as const) : []),
    // Every key has the scope `read`.
    ...(scope === undefined || scope === 'read' ? [] : (['INSUFFICIENT_SCOPE'] as const)),
    ...(access === 'admin' ? (['ADMIN_REQUIRED'] as const) : []),
    ...(access === 'session' ? (['SESSION_REQUIRED'] as const) : []),
    ...(meta.errors ?? []),
    // The edge checks the body of every request that may change something.
    ...(method === 'GET'
      ? []
      : (['CROSS_SITE_REQUEST', 'PAYLOAD_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'] as const)),
    'RATE_LIMITED',
    'DATABASE_UNAVAILABLE',
  ];
  return [
    ...(input === undefined ? [] : [invalidInput]),
    ...[...new Set(reasons)].map((reason) => ({ status: httpStatusOf(new DomainError(reason, '')), reason })),
    internalError,
  ];
}

const authenticationErrors = [
  'NOT_AUTHENTICATED',
  'ACCESS_TOKEN_EXPIRED',
  'SESSION_EXPIRED',
  'INVALID_API_KEY',
] as const;

function responseOf(errors: ErrorExample[], scope: KeyScope | undefined): ErrorResponse {
  const examples = errors.map(({ reason }) => [reason, { value: exampleOf(reason, scope) }] as const);
  return {
    description: errors.map(({ reason }) => `\`${reason}\``).join(', '),
    content: {
      'application/json': {
        schema: { $ref: '#/components/schemas/Error' },
        examples: Object.fromEntries(examples),
      },
    },
  };
}

function exampleOf(reason: string, scope: KeyScope | undefined): Record<string, unknown> {
  const example = { reason, message: sentenceOf(reason) };
  switch (reason) {
    case 'INVALID_INPUT':
      return {
        reason,
        message: 'The input is not valid. limit: must be at most 100',
        field_errors: { limit: ['must be at most 100'] },
      };
    case 'TEAM_REQUIRED':
      return {
        reason,
        message: 'This login fits several teams. Choose one: acme, globex.',
        teams: ['acme', 'globex'],
      };
    case 'INSUFFICIENT_SCOPE':
      return { ...example, required_scope: scope ?? 'read' };
    case 'RATE_LIMITED':
      return { ...example, retry_after_seconds: 30 };
    default:
      return example;
  }
}

/** `CHAT_NOT_FOUND` becomes `Chat not found.`; the server's message is longer. */
function sentenceOf(reason: string): string {
  return `${reason.charAt(0)}${reason.slice(1).toLowerCase().replaceAll('_', ' ')}.`;
}
