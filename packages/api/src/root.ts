import { agentRouter } from './agent/agent.router.ts';
import { authRouter } from './auth/auth.router.ts';
import { chatRouter } from './chat/chat.router.ts';
import { createCallerFactory, router } from './trpc.ts';

export const appRouter = router({
  auth: authRouter,
  agent: agentRouter,
  chat: chatRouter,
});

export type AppRouter = typeof appRouter;

/** Calls procedures without HTTP: `createCaller(createContext(services, request)).chat.list()`. */
export const createCaller = createCallerFactory(appRouter);
