export { appRouter, createCaller, type AppRouter } from './root.ts';
export { createContext, createHttpContext, type Context, type ContextRequest } from './context.ts';
export { createServices, type Services, type ServicesOptions } from './services.ts';
export { createSecretBox, type SecretBox } from './secrets/secret-box.ts';
export { checkSecrets, rotateSecrets } from './secrets/rotate-secrets.ts';
export { emailSchema, newPasswordSchema } from './auth/auth.schema.ts';
export { canonicalEmail } from './auth/email.ts';
export { createTeam, SlugTakenError } from './team/create-team.ts';
export { setActive } from './team/set-active.ts';
export { setRole } from './team/set-role.ts';
export { createInvite, createInviteInput } from './team/create-invite.ts';
export { startUsageRollups } from './admin/roll-up-usage.ts';
export { recordAudit, type AuditEntry } from './audit/record-audit.ts';
export { hashPassword, verifyPassword } from './auth/password.ts';
export { describeError, DomainError, type DomainErrorReason, type ErrorReason } from './errors.ts';
export {
  limitOfProcedure,
  noRateLimits,
  rateLimited,
  rateLimitNames,
  type RateLimitName,
  type RateLimits,
} from './rate-limits.ts';
export type { ObserveCall, ObservedCall } from './observe-call.ts';
export { httpStatusOf, trpcErrorBody } from './error-response.ts';
export type { AnswerPart, RunEvent } from '@parley/runs';
export { hasBody, listRestRoutes, type RestRoute } from './rest/rest-routes.ts';
export type { BytesResponse, ExportResponse, MultipartBody, ProcedureMeta } from './rest/procedure-meta.ts';
export { createRestNames, type RestError, type RestNames } from './rest/rest-names.ts';
export { bytesOutput, exportOutput } from './schema/file-schema.ts';
export { toCamelCase } from './rest/key-case.ts';
export { sendMessageOutput } from './chat/chat.schema.ts';
export type { ClosedEvent } from './chat/run-event.schema.ts';
export { statusOfFailedAnswer } from './rest/failed-answer.ts';
export { createOpenApiDocument, type OpenApiDocument } from './rest/openapi-document.ts';
export type { JsonSchema } from './rest/json-schema.ts';
