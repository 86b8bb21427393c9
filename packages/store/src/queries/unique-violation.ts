/** PostgreSQL's `unique_violation`. */
const UNIQUE = '23505';

/** The name of the index that refused a row; undefined for any other error. */
export function uniqueViolation(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || !('constraint' in error)) return undefined;
  return error.code === UNIQUE ? String(error.constraint) : undefined;
}
