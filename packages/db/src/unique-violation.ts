const UNIQUE_VIOLATION = '23505';

/** True for Postgres' error about a second row under this unique constraint or index, from either driver. */
export function isUniqueViolation(error: unknown, constraint: string): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    error.code === UNIQUE_VIOLATION &&
    'constraint' in error &&
    error.constraint === constraint
  );
}
