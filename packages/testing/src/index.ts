export { endWithParent } from './end-with-parent.ts';
export { findFreePort } from './find-free-port.ts';
