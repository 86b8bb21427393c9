import { OrchestrationError } from '@tenuto/contract';

/** The database cannot be had; the message says why and what to do about it. */
export class StoreError extends OrchestrationError {
  constructor(detail: string, cause?: unknown) {
    super('store_unavailable', detail, cause === undefined ? {} : { cause });
  }
}

/** The `code` of a system error such as ENOENT, or undefined when it has none. */
export function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
