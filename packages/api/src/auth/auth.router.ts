import { authedProcedure, publicProcedure, router } from '../trpc.ts';
import { accountOutput, loginInput, okOutput, registerInput } from './auth.schema.ts';
import { login } from './login.ts';
import { logout } from './logout.ts';
import { refresh } from './refresh.ts';
import { register } from './register.ts';
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
});
