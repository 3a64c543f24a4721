import { CSPProvider } from '@base-ui/react/csp-provider';
import { Tooltip } from '@base-ui/react/tooltip';
import { ParleyProvider } from '@parley/client/react';
import { RouterProvider } from '@tanstack/react-router';
import { lazy, StrictMode, Suspense } from 'react';
import { createRoot } from 'react-dom/client';
import { parley } from './api/api.ts';
import { router, watchSession } from './app/router.tsx';
import './styles.css';
import { watchTheme } from './ui/theme.ts';

const Toaster = lazy(async () => ({ default: (await import('./ui/toaster.tsx')).Toaster }));

watchTheme();
// Before the first render: the router loads the account while it renders.
parley.watch();
watchSession();

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
      <ParleyProvider parley={parley}>
        <Tooltip.Provider delay={400}>
          <RouterProvider router={router} />
          <Suspense>
            <Toaster />
          </Suspense>
        </Tooltip.Provider>
      </ParleyProvider>
    </CSPProvider>
  </StrictMode>,
);
