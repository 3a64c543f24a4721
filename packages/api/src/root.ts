import { adminRouter } from './admin/admin.router.ts';
import { agentRouter } from './agent/agent.router.ts';
import { apiKeyRouter } from './api-key/api-key.router.ts';
import { authRouter } from './auth/auth.router.ts';
import { chatRouter } from './chat/chat.router.ts';
import { teamRouter } from './team/team.router.ts';
import { createCallerFactory, router } from './trpc.ts';

export const appRouter = router({
  auth: authRouter,
  apiKey: apiKeyRouter,
  team: teamRouter,
  agent: agentRouter,
  chat: chatRouter,
  admin: adminRouter,
});

export type AppRouter = typeof appRouter;

/** Calls procedures without HTTP: `createCaller(createContext(services, request)).chat.list()`. */
export const createCaller = createCallerFactory(appRouter);
