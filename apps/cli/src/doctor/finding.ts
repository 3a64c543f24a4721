/** `skipped`: not checked; another finding says why. */
export type Level = 'ok' | 'warning' | 'problem' | 'skipped';

export interface Finding {
  check:
    | 'environment'
    | 'database'
    | 'database login'
    | 'database writes'
    | 'migrations'
    | 'roles'
    | 'row-level security'
    | 'notifications'
    | 'secrets'
    | 'webhooks';
  level: Level;
  /** The state and, if it is not `ok`, what to do. */
  message: string;
}
