/** Stable reasons of backup and restore; docs/cli.md lists them. */
export type BackupReason =
  | 'BACKUP_FOREIGN'
  | 'BACKUP_DAMAGED'
  | 'BACKUP_NEWER'
  | 'FILE_UNUSABLE'
  | 'DATABASE_FOREIGN'
  | 'DATABASE_NEWER'
  | 'DATABASE_NOT_EMPTY'
  | 'DATABASE_IN_USE';

/** A refusal that says what to do. The database and an existing file are unchanged. */
export class BackupError extends Error {
  override readonly name = 'BackupError';
  readonly reason: BackupReason;

  constructor(reason: BackupReason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}
