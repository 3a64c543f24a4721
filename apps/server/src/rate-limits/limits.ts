import type { RateLimitName } from '@parley/api';

export interface Limit {
  /** Calls per window. The first call starts a window. */
  points: number;
  seconds: number;
  /**
   * Whether instances count together. Limits that only protect the process are counted in memory: a request to a store
   * would cost more than most calls.
   */
  isShared: boolean;
}

export type Limits = Record<RateLimitName, Limit>;

export const defaultLimits: Limits = {
  login: { points: 5, seconds: 60, isShared: true },
  loginOfAccount: { points: 5, seconds: 60, isShared: true },
  register: { points: 5, seconds: 60, isShared: true },
  password: { points: 5, seconds: 60, isShared: true },
  failedAuth: { points: 60, seconds: 60, isShared: false },
  agentTest: { points: 10, seconds: 60, isShared: true },
  send: { points: 60, seconds: 60, isShared: true },
  stream: { points: 240, seconds: 60, isShared: false },
  call: { points: 1_200, seconds: 60, isShared: false },
};
