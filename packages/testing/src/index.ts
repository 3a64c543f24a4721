export { compileCache } from './compile-cache.ts';
export { endWithParent } from './end-with-parent.ts';
export { findFreePort } from './find-free-port.ts';
export { onlyInCI } from './only-in-ci.ts';
export { randomRuns } from './random-runs.ts';
export { watchLoop, type LoopUse } from './watch-loop.ts';
