import { authedProcedure, publicProcedure, router, sessionProcedure } from '../trpc.ts';
import {
  accountOutput,
  changePasswordInput,
  listSessionsInput,
  listSessionsOutput,
  loginInput,
  okOutput,
  registerInput,
  sessionIdInput,
  sessionIdOutput,
} from './auth.schema.ts';
import { changePassword } from './change-password.ts';
import { listSessions } from './list-sessions.ts';
import { login } from './login.ts';
import { logout } from './logout.ts';
import { refresh } from './refresh.ts';
import { register } from './register.ts';
import { revokeSession } from './revoke-session.ts';
import { toAccount } from './start-session.ts';

export const authRouter = router({
  register: publicProcedure
    .meta({
      rest: {
        route: 'POST /api/auth/register',
        summary: 'Make an account, and log in',
        description:
          'By an invite, or in a team whose registration is open. The first account of a team is its admin; an invite says what it makes.',
        status: 201,
        errors: ['REGISTRATION_CLOSED', 'INVITE_INVALID', 'EMAIL_TAKEN', 'SERVER_BUSY'],
      },
    })
    .input(registerInput)
    .output(accountOutput)
    .mutation(({ ctx, input }) => register(ctx, input)),

  login: publicProcedure
    .meta({
      rest: {
        route: 'POST /api/auth/login',
        summary: 'Log in',
        description: 'Sets two cookies: keep them (`curl -c cookies.txt -b cookies.txt`).',
        errors: ['INVALID_CREDENTIALS', 'TEAM_REQUIRED', 'SERVER_BUSY'],
      },
    })
    .input(loginInput)
    .output(accountOutput)
    .mutation(({ ctx, input }) => login(ctx, input)),

  logout: publicProcedure
    .meta({
      rest: {
        route: 'POST /api/auth/logout',
        summary: 'Log out',
        description: 'Ends the session, and removes the cookies.',
      },
    })
    .output(okOutput)
    .mutation(({ ctx }) => logout(ctx)),

  me: authedProcedure
    .meta({
      rest: {
        route: 'GET /api/auth/me',
        summary: 'Who is logged in',
      },
    })
    .output(accountOutput)
    .query(({ ctx }) => toAccount(ctx.user)),

  refresh: publicProcedure
    .meta({
      rest: {
        route: 'POST /api/auth/refresh',
        summary: 'Renew the access token',
        description:
          'For as long as the session lives. Call it when an answer has the reason `ACCESS_TOKEN_EXPIRED`.',
        errors: ['SESSION_EXPIRED'],
      },
    })
    .output(accountOutput)
    .mutation(({ ctx }) => refresh(ctx)),

  changePassword: sessionProcedure
    .meta({
      rest: {
        route: 'POST /api/auth/change-password',
        summary: 'Change your password',
        description: 'Ends all your other sessions.',
        errors: ['SESSION_REQUIRED', 'WRONG_PASSWORD', 'SERVER_BUSY'],
      },
    })
    .input(changePasswordInput)
    .output(okOutput)
    .mutation(({ ctx, input }) => changePassword(ctx, ctx.user, ctx.sessionIdHash, input)),

  sessions: authedProcedure
    .meta({
      rest: {
        route: 'GET /api/auth/sessions',
        summary: 'Where you are logged in',
        description: 'Newest first.',
        errors: ['INVALID_CURSOR'],
      },
    })
    .input(listSessionsInput)
    .output(listSessionsOutput)
    .query(({ ctx, input }) => listSessions(ctx, ctx.user, ctx.credential, input)),

  revokeSession: authedProcedure
    .meta({
      rest: {
        route: 'DELETE /api/auth/sessions/{id}',
        summary: 'End one of your sessions',
        errors: ['SESSION_NOT_FOUND'],
      },
    })
    .input(sessionIdInput)
    .output(sessionIdOutput)
    .mutation(({ ctx, input }) => revokeSession(ctx, ctx.user, ctx.credential, input)),
});
