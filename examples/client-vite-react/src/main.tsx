import { ParleyProvider } from '@parley/client/react';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { parley } from './client.ts';

const root = document.querySelector('#root');
if (root === null) throw new Error('The page has no #root.');
createRoot(root).render(
  <StrictMode>
    <ParleyProvider parley={parley}>
      <App />
    </ParleyProvider>
  </StrictMode>,
);
