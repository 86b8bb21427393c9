import { OrchestrationError } from '@tenuto/contract';

/** Whose page a request comes from, and which host it asks, as its headers say. */
export interface Site {
  readonly origin: string | undefined;
  readonly host: string | undefined;
}

/**
 * A page of another site must not use what a browser knows of this one: browsers open WebSockets to
 * wherever a page says, with their cookies.
 *
 * @param origins sites whose scripts may call the API, besides the pages of this host
 * @throws OrchestrationError `forbidden`
 */
export function refuseForeignOrigin({ origin, host }: Site, origins: readonly string[]): void {
  if (origin === undefined || origins.includes(origin)) return;
  if (host !== undefined && URL.canParse(origin) && new URL(origin).host === host) return;
  throw new OrchestrationError('forbidden', 'Requests of this site are not allowed here.');
}
