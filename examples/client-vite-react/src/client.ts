import { createClient } from '@parley/client';

/** The browser sends its cookies; Vite passes /trpc on to Parley. */
export const client = createClient({ url: location.origin });
