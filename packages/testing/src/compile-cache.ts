import { fileURLToPath } from 'node:url';

/** For the environment of a server process: Node keeps compiled code between starts, which saves a third of a start's CPU time. */
export const compileCache = {
  NODE_COMPILE_CACHE: fileURLToPath(new URL('../node_modules/.cache/compile', import.meta.url)),
};
