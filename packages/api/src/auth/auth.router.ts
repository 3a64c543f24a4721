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
    .input(registerInput)
    .output(accountOutput)
    .mutation(({ ctx, input }) => register(ctx, input)),

  login: publicProcedure
    .input(loginInput)
    .output(accountOutput)
    .mutation(({ ctx, input }) => login(ctx, input)),

  logout: publicProcedure.output(okOutput).mutation(({ ctx }) => logout(ctx)),

  me: authedProcedure.output(accountOutput).query(({ ctx }) => toAccount(ctx.user)),

  refresh: publicProcedure.output(accountOutput).mutation(({ ctx }) => refresh(ctx)),

  changePassword: sessionProcedure
    .input(changePasswordInput)
    .output(okOutput)
    .mutation(({ ctx, input }) => changePassword(ctx, ctx.user, ctx.sessionIdHash, input)),

  sessions: authedProcedure
    .input(listSessionsInput)
    .output(listSessionsOutput)
    .query(({ ctx, input }) => listSessions(ctx, ctx.user, ctx.credential, input)),

  revokeSession: authedProcedure
    .input(sessionIdInput)
    .output(sessionIdOutput)
    .mutation(({ ctx, input }) => revokeSession(ctx, ctx.user, input)),
});
