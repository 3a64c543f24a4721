// Domain errors: each has a stable reason, a tRPC code, and a message that a person can act on. Any other error that is
// thrown is a bug, and reaches the client as INTERNAL_ERROR.
import { isDatabaseUnavailable, type KeyScope } from '@parley/db';
import { TRPCError, type TRPC_ERROR_CODE_KEY } from '@trpc/server';
import { ZodError } from 'zod';

const codeOfReason = {
  NOT_AUTHENTICATED: 'UNAUTHORIZED',
  ACCESS_TOKEN_EXPIRED: 'UNAUTHORIZED',
  SESSION_EXPIRED: 'UNAUTHORIZED',
  INVALID_API_KEY: 'UNAUTHORIZED',
  INVALID_CREDENTIALS: 'UNAUTHORIZED',
  WRONG_PASSWORD: 'BAD_REQUEST',
  ADMIN_REQUIRED: 'FORBIDDEN',
  SESSION_REQUIRED: 'FORBIDDEN',
  INSUFFICIENT_SCOPE: 'FORBIDDEN',
  REGISTRATION_CLOSED: 'FORBIDDEN',
  INVITE_INVALID: 'FORBIDDEN',
  TEAM_REQUIRED: 'BAD_REQUEST',
  EMAIL_TAKEN: 'CONFLICT',
  AGENT_BLOCKED_URL: 'BAD_REQUEST',
  AGENT_MODEL_REQUIRED: 'BAD_REQUEST',
  LAST_ADMIN: 'CONFLICT',
  MEMBER_NOT_FOUND: 'NOT_FOUND',
  INVITE_NOT_FOUND: 'NOT_FOUND',
  INVITE_USED: 'CONFLICT',
  API_KEY_NOT_FOUND: 'NOT_FOUND',
  SESSION_NOT_FOUND: 'NOT_FOUND',
  AGENT_NOT_FOUND: 'NOT_FOUND',
  AVATAR_NOT_FOUND: 'NOT_FOUND',
  INVALID_AVATAR: 'BAD_REQUEST',
  AVATAR_TOO_LARGE: 'PAYLOAD_TOO_LARGE',
  INVALID_SEARCH: 'BAD_REQUEST',
  AGENT_INACTIVE: 'PRECONDITION_FAILED',
  AGENT_DELETED: 'PRECONDITION_FAILED',
  CHAT_NOT_FOUND: 'NOT_FOUND',
  MESSAGE_NOT_FOUND: 'NOT_FOUND',
  RUN_NOT_FOUND: 'NOT_FOUND',
  RUN_ALREADY_ACTIVE: 'CONFLICT',
  RUN_NOT_RETRYABLE: 'CONFLICT',
  MESSAGE_ID_CONFLICT: 'CONFLICT',
  INVALID_CURSOR: 'BAD_REQUEST',
  TOO_MANY_STREAMS: 'TOO_MANY_REQUESTS',
  TEAM_BUSY: 'TOO_MANY_REQUESTS',
  OVERLOADED: 'SERVICE_UNAVAILABLE',
  DATABASE_UNAVAILABLE: 'SERVICE_UNAVAILABLE',
  CROSS_SITE_REQUEST: 'FORBIDDEN',
  AUTH_IN_BATCH: 'BAD_REQUEST',
  RATE_LIMITED: 'TOO_MANY_REQUESTS',
  SERVER_BUSY: 'SERVICE_UNAVAILABLE',
  METHOD_NOT_SUPPORTED: 'METHOD_NOT_SUPPORTED',
  PAYLOAD_TOO_LARGE: 'PAYLOAD_TOO_LARGE',
  UNSUPPORTED_MEDIA_TYPE: 'UNSUPPORTED_MEDIA_TYPE',
  SHUTTING_DOWN: 'SERVICE_UNAVAILABLE',
} as const satisfies Record<string, TRPC_ERROR_CODE_KEY>;

/** Stable codes of domain errors. */
export type DomainErrorReason = keyof typeof codeOfReason;

/** All reasons, including those of failures outside the domain: invalid requests and bugs. */
export type ErrorReason =
  DomainErrorReason | 'INVALID_INPUT' | 'INVALID_REQUEST' | 'PROCEDURE_NOT_FOUND' | 'INTERNAL_ERROR';

/** A failure with a stable `reason`. The client receives `details` as well. */
export class DomainError extends TRPCError {
  readonly reason: DomainErrorReason;
  readonly details: ErrorDetails;

  constructor(reason: DomainErrorReason, message: string, details: ErrorDetails = {}) {
    super({ code: codeOfReason[reason], message });
    this.reason = reason;
    this.details = details;
  }
}

interface ErrorDetails {
  /** For TEAM_REQUIRED: the slugs to choose from. */
  teams?: string[];
  /** For INSUFFICIENT_SCOPE: the scope that an API key needs. */
  requiredScope?: KeyScope;
  /** For RATE_LIMITED, SERVER_BUSY, TEAM_BUSY and OVERLOADED: how long to wait before a retry. */
  retryAfterSeconds?: number;
}

/** The error data that a client receives besides tRPC's code and message. */
export interface ErrorData extends ErrorDetails {
  reason: ErrorReason;
  /** For INVALID_INPUT: the problems of each field, by its path (`content`, `config.model`; `` is the whole input). */
  fieldErrors?: Record<string, string[]>;
}

/** Maps a database outage to DATABASE_UNAVAILABLE. Returns any other error unchanged. */
export function explainFailure(error: TRPCError): TRPCError {
  const isOwn = error instanceof DomainError || !isDatabaseUnavailable(error.cause);
  return isOwn ? error : databaseUnavailable(error.cause);
}

function databaseUnavailable(cause: unknown): DomainError {
  const error = new DomainError(
    'DATABASE_UNAVAILABLE',
    'The database cannot be reached at the moment. Try again in a few seconds.',
  );
  // For the log.
  Object.defineProperty(error, 'cause', { value: cause });
  return error;
}

export function sessionRequired(): DomainError {
  return new DomainError('SESSION_REQUIRED', 'An API key cannot do this. Log in instead.');
}

export function adminRequired(): DomainError {
  return new DomainError('ADMIN_REQUIRED', 'Only an admin of the team may do this.');
}

export function sessionExpired(): DomainError {
  return new DomainError('SESSION_EXPIRED', 'This session has ended. Log in again.');
}

export function invalidApiKey(): DomainError {
  return new DomainError(
    'INVALID_API_KEY',
    'This API key is not valid: it may have been revoked, or have expired.',
  );
}

/** Reads the same for an agent of another team as for a missing one, so that ids cannot be probed. */
export function agentNotFound(): DomainError {
  return new DomainError('AGENT_NOT_FOUND', 'There is no such agent in this team.');
}

export function agentInactive(): DomainError {
  return new DomainError(
    'AGENT_INACTIVE',
    'This agent is switched off. An admin of the team can switch it on.',
  );
}

/** Reads the same for another user's chat as for a missing one, so that ids cannot be probed. */
export function chatNotFound(): DomainError {
  return new DomainError('CHAT_NOT_FOUND', 'There is no such chat.');
}

export function runNotFound(): DomainError {
  return new DomainError('RUN_NOT_FOUND', 'There is no such run in this chat.');
}

/** INVALID_INPUT for a rule that a schema cannot check alone. */
export function invalidField(path: string, message: string): TRPCError {
  return new TRPCError({
    code: 'BAD_REQUEST',
    cause: new ZodError([{ code: 'custom', path: [path], message, input: undefined }]),
  });
}

/** Describes an error to a client, without internals: no SQL, no stack, no file path. */
export function describeError(error: TRPCError): { message: string; data: ErrorData } {
  const { message } = error;
  if (error instanceof DomainError) return { message, data: { reason: error.reason, ...error.details } };
  switch (error.code) {
    case 'BAD_REQUEST':
      return error.cause instanceof ZodError
        ? describeInvalidInput(error.cause)
        : {
            message: 'The request could not be read: check that it is valid JSON.',
            data: { reason: 'INVALID_REQUEST' },
          };
    case 'PARSE_ERROR':
      return {
        message: 'The request could not be read: check that it is valid JSON.',
        data: { reason: 'INVALID_REQUEST' },
      };
    case 'NOT_FOUND':
      return { message, data: { reason: 'PROCEDURE_NOT_FOUND' } };
    case 'METHOD_NOT_SUPPORTED':
    case 'PAYLOAD_TOO_LARGE':
    case 'UNSUPPORTED_MEDIA_TYPE':
      return { message, data: { reason: error.code } };
    default:
      return {
        message:
          'Something went wrong on the server. Try again. If the problem persists, contact the server’s operator.',
        data: { reason: 'INTERNAL_ERROR' },
      };
  }
}

function describeInvalidInput(error: ZodError): { message: string; data: ErrorData } {
  const fieldErrors: Record<string, string[]> = {};
  for (const issue of error.issues) (fieldErrors[issue.path.join('.')] ??= []).push(issue.message);
  const lines = Object.entries(fieldErrors).map(([field, messages]) =>
    field === '' ? messages.join(', ') : `${field}: ${messages.join(', ')}`,
  );
  return {
    message: `The input is not valid. ${lines.join('; ')}`,
    data: { reason: 'INVALID_INPUT', fieldErrors },
  };
}
