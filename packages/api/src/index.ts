export { appRouter, createCaller, type AppRouter } from './root.ts';
export { createContext, createHttpContext, type Context, type ContextRequest } from './context.ts';
export { createServices, type Services, type ServicesOptions } from './services.ts';
export { createSecretBox, type SecretBox } from './secret-box.ts';
export { createTeam, SlugTakenError } from './team/create-team.ts';
export { hashPassword, verifyPassword } from './auth/password.ts';
export { describeError, DomainError, type DomainErrorReason, type ErrorReason } from './errors.ts';
export { httpStatusOf, trpcErrorBody } from './error-response.ts';
export type { RunEvent } from '@parley/runs';
