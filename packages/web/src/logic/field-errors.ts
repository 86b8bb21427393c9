import { ApiError } from '@tenuto/sdk';

/**
 * What the server found wrong with single fields of a body.
 * @returns sentences by the path of the field, `allowed_hosts` or `allowed_hosts.0`
 */
export function fieldErrors(error: unknown): ReadonlyMap<string, string> {
  if (!(error instanceof ApiError)) return new Map();
  return new Map(
    error.validationErrors.map(({ path, message }) => [
      path.replace(/^\//, '').replaceAll('/', '.'),
      message,
    ]),
  );
}

/** Whether a change was refused because somebody else had made one meanwhile. */
export function isStale(error: unknown): boolean {
  return error instanceof ApiError && error.status === 412;
}
