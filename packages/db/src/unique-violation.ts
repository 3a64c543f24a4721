const UNIQUE_VIOLATION = '23505';

/** Whether an error is Postgres refusing a second row under this unique constraint or index, on either driver. */
export function isUniqueViolation(error: unknown, constraint: string): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    error.code === UNIQUE_VIOLATION &&
    'constraint' in error &&
    error.constraint === constraint
  );
}
