import { createClient } from '@parley/client';
import { createParley } from '@parley/client/react';

/** The browser sends its cookies; Vite passes /trpc on to Parley. */
export const client = createClient({ url: location.origin });

/** Loaded chats, unsent messages and answers under way, for the hooks. */
export const parley = createParley({ client });
