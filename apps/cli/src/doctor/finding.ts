/** `skipped`: could not be looked at, for a reason that another finding has. */
export type Level = 'ok' | 'warning' | 'problem' | 'skipped';

export interface Finding {
  check: 'environment' | 'database' | 'migrations' | 'roles' | 'row-level security' | 'secrets' | 'webhooks';
  level: Level;
  /** What there is and, where it is not as it should be, what to do. */
  message: string;
}
