import { router } from '../trpc.ts';
import { changePasswordProcedure } from './change-password.ts';
import { listSessionsProcedure } from './list-sessions.ts';
import { loginProcedure } from './login.ts';
import { logoutProcedure } from './logout.ts';
import { meProcedure } from './me.ts';
import { refreshProcedure } from './refresh.ts';
import { registerProcedure } from './register.ts';
import { revokeSessionProcedure } from './revoke-session.ts';

export const authRouter = router({
  register: registerProcedure,
  login: loginProcedure,
  logout: logoutProcedure,
  me: meProcedure,
  refresh: refreshProcedure,
  changePassword: changePasswordProcedure,
  sessions: listSessionsProcedure,
  revokeSession: revokeSessionProcedure,
});
