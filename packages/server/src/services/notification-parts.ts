import { type JsonObject, OrchestrationError } from '@tenuto/contract';
import type { AuditEntry, JobStore, NoticeStore, Relay } from '@tenuto/engine';
import type { Caller } from '../auth/principal.ts';
import type { Vault } from '../secrets/vault.ts';

/** What the services of notifications work with. */
export interface NotificationParts {
  readonly notices: NoticeStore;
  readonly jobs: Pick<JobStore, 'submission'>;
  readonly vault: Vault;
  readonly newId: () => string;
  /** A new signing secret. */
  readonly newSecret: () => string;
  /** What a receiver knows the messages of a delivery by. */
  readonly webhookIdOf: (deliveryId: string) => string;
  /** Why nothing may be sent to this address, as a sentence; undefined when it may. */
  readonly webhookFault: (url: string) => string | undefined;
  readonly relay: Pick<Relay, 'wake'>;
}

export function auditOf(
  { principal, requestId }: Caller,
  action: string,
  { subject, details = {} }: { readonly subject: string; readonly details?: JsonObject },
): AuditEntry {
  return { actor: principal.actor, action, subject, details, requestId };
}

export function notFound(what: string, id: string): OrchestrationError {
  return new OrchestrationError('not_found', `There is no ${what} ${id}.`);
}

export function timeOf(ms: number): string {
  return new Date(ms).toISOString();
}

/** @throws OrchestrationError 422 for an address that messages may not go to */
export function refuseUrl({ webhookFault }: NotificationParts, url: string, path = '/url'): void {
  const fault = webhookFault(url);
  if (fault === undefined) return;
  throw new OrchestrationError('unprocessable', `${path}: ${fault}`, {
    validationErrors: [{ path, message: fault }],
  });
}
