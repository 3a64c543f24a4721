import { CSPProvider } from '@base-ui/react/csp-provider';
import { Tooltip } from '@base-ui/react/tooltip';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { lazy, StrictMode, Suspense } from 'react';
import { createRoot } from 'react-dom/client';
import { queryClient } from './api/api.ts';
import { watchConnection } from './api/connection.ts';
import { watchTabs } from './api/message-cache.ts';
import { router, watchSession } from './app/router.tsx';
import './styles.css';
import { watchTheme } from './ui/theme.ts';

const Toaster = lazy(async () => ({ default: (await import('./ui/toaster.tsx')).Toaster }));

watchTheme();
watchConnection();
watchSession();
watchTabs();

// The server was upgraded, and the chunks of the loaded version are gone. Drafts survive the reload.
addEventListener('vite:preloadError', (event) => {
  event.preventDefault();
  location.reload();
});

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    {/* The page's Content-Security-Policy allows no style elements. */}
    <CSPProvider disableStyleElements>
      <QueryClientProvider client={queryClient}>
        <Tooltip.Provider delay={400}>
          <RouterProvider router={router} />
          <Suspense>
            <Toaster />
          </Suspense>
        </Tooltip.Provider>
      </QueryClientProvider>
    </CSPProvider>
  </StrictMode>,
);
