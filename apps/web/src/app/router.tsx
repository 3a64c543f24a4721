// The routes, and who may see each.
import { isSessionOver } from '@parley/client';
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router';
import { parley, queryClient, trpc } from '../api/api.ts';
import { onSessionEnd } from '../api/session.ts';
import { safeNext } from '../auth/safe-next.ts';
import { ChatPage } from '../chat/chat-page.tsx';
import { NewChatPage } from '../chat/new-chat-page.tsx';
import { AppShell } from '../shell/app-shell.tsx';
import { ErrorPage } from '../ui/error-page.tsx';
import { FullPage } from '../ui/full-page.tsx';
import { NotFoundPage } from '../ui/not-found-page.tsx';
import { Spinner } from '../ui/spinner.tsx';

const rootRoute = createRootRoute({ component: Outlet });

const loginRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/login',
  // `undefined` clears an invalid `next`; an omitted key would keep the value of the URL.
  validateSearch: ({ next }: Record<string, unknown>): { next?: string | undefined } => ({
    next: safeNext(next),
  }),
  component: lazyRouteComponent(() => import('../auth/login-page.tsx'), 'LoginPage'),
});

const registerRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/register',
  validateSearch: ({ team }: Record<string, unknown>): { team?: string | undefined } => ({
    team: typeof team === 'string' ? team : undefined,
  }),
  component: lazyRouteComponent(() => import('../auth/register-page.tsx'), 'RegisterPage'),
});

const appRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'app',
  async beforeLoad({ location }) {
    try {
      const account = await queryClient.ensureQueryData(meQuery());
      parley.outbox.open(account.user.id);
      return { account };
    } catch (error) {
      if (!isSessionOver(error)) throw error;
      throw redirect({ to: '/login', search: location.href === '/' ? {} : { next: location.href } });
    }
  },
  component: AppShell,
});

const newChatRoute = createRoute({ getParentRoute: () => appRoute, path: '/', component: NewChatPage });

const chatRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/c/$chatId',
  component: ChatPage,
});

const settingsRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/settings',
  component: lazyRouteComponent(() => import('../settings/settings-page.tsx'), 'SettingsPage'),
});

const adminRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/admin',
  beforeLoad({ context }) {
    // The server refuses non-admins too; the redirect spares them an empty page.
    if (context.account.user.role !== 'admin') throw redirect({ to: '/' });
  },
  component: lazyRouteComponent(() => import('../admin/admin-frame.tsx'), 'AdminFrame'),
});

const adminRoutes = [
  createRoute({
    getParentRoute: () => adminRoute,
    path: '/',
    beforeLoad() {
      throw redirect({ to: '/admin/agents' });
    },
  }),
  createRoute({
    getParentRoute: () => adminRoute,
    path: '/agents',
    component: lazyRouteComponent(() => import('../admin/agents-page.tsx'), 'AgentsPage'),
  }),
  createRoute({
    getParentRoute: () => adminRoute,
    path: '/agents/new',
    component: lazyRouteComponent(() => import('../admin/agent-page.tsx'), 'NewAgentPage'),
  }),
  createRoute({
    getParentRoute: () => adminRoute,
    path: '/agents/$agentId',
    component: lazyRouteComponent(() => import('../admin/agent-page.tsx'), 'AgentPage'),
  }),
  createRoute({
    getParentRoute: () => adminRoute,
    path: '/members',
    component: lazyRouteComponent(() => import('../admin/members-page.tsx'), 'MembersPage'),
  }),
  createRoute({
    getParentRoute: () => adminRoute,
    path: '/usage',
    component: lazyRouteComponent(() => import('../admin/usage-page.tsx'), 'UsagePage'),
  }),
  createRoute({
    getParentRoute: () => adminRoute,
    path: '/errors',
    component: lazyRouteComponent(() => import('../admin/errors-page.tsx'), 'ErrorsPage'),
  }),
  createRoute({
    getParentRoute: () => adminRoute,
    path: '/audit',
    component: lazyRouteComponent(() => import('../admin/audit-page.tsx'), 'AuditPage'),
  }),
] as const;

export const router = createRouter({
  routeTree: rootRoute.addChildren([
    loginRoute,
    registerRoute,
    appRoute.addChildren([newChatRoute, chatRoute, settingsRoute, adminRoute.addChildren(adminRoutes)]),
  ]),
  defaultPreload: 'intent',
  defaultPendingMs: 300,
  defaultPendingComponent: LoadingPage,
  defaultErrorComponent: ErrorPage,
  defaultNotFoundComponent: NotFoundPage,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}

function LoadingPage() {
  return (
    <FullPage title="Parley">
      <Spinner label="Loading" />
    </FullPage>
  );
}

function meQuery() {
  return trpc.auth.me.queryOptions(undefined, { staleTime: Infinity, retry: false });
}

/** When a session ends or another begins, drops the loaded data and loads the account again. */
export function watchSession(): void {
  onSessionEnd(() => {
    // Without an account no session was open: the router is loading the account now, and shows the login.
    if (queryClient.getQueryData(meQuery().queryKey) === undefined) return;
    parley.tabs.broadcast({ type: 'session' });
    forgetSession();
  });
  parley.tabs.listen(({ type }) => type === 'session' && forgetSession());
}

function forgetSession(): void {
  queryClient.removeQueries();
  void router.invalidate();
}
