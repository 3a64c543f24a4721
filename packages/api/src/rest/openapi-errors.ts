// The error responses of each route, with their reasons and statuses.
import { keyScopes, type KeyScope } from '@parley/db';
import { DomainError, type DomainErrorReason } from '../errors.ts';
import { httpStatusOf } from '../error-response.ts';
import type { JsonSchema } from './json-schema.ts';
import { hasBody, type RestRoute } from './rest-routes.ts';

export const errorSchema: JsonSchema = {
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

interface ErrorExample {
  status: number;
  reason: string;
}

/** Reasons without a domain error. */
const invalidInput = { status: 400, reason: 'INVALID_INPUT' };
const internalError = { status: 500, reason: 'INTERNAL_ERROR' };

/** The `responses` of an operation, except its success. */
export function errorResponses(route: RestRoute): Record<string, unknown> {
  const byStatus = Map.groupBy(errorsOf(route), ({ status }) => status);
  const responses = [...byStatus].map(
    ([status, errors]) => [String(status), responseOf(errors, route.scope)] as const,
  );
  return Object.fromEntries(responses);
}

export function errorsOf(route: RestRoute): ErrorExample[] {
  const { access, scope, input, meta, method } = route;
  const sendsBody = input !== undefined && hasBody(route);
  const reasons: DomainErrorReason[] = [
    ...(access === 'anyone' || access === 'cookie' ? [] : authenticationErrors),
    // Every key has the scope `read`.
    ...(scope === undefined || scope === 'read' ? [] : (['INSUFFICIENT_SCOPE'] as const)),
    ...(access === 'admin' ? (['ADMIN_REQUIRED'] as const) : []),
    ...(access === 'session' ? (['SESSION_REQUIRED'] as const) : []),
    ...(meta.errors ?? []),
    ...(method === 'GET' ? [] : (['CROSS_SITE_REQUEST'] as const)),
    ...(sendsBody ? (['PAYLOAD_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'] as const) : []),
    'RATE_LIMITED',
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

function responseOf(errors: ErrorExample[], scope: KeyScope | undefined): unknown {
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
