import { OrchestrationError } from '@tenuto/contract';

/** The entity tag of what has versions. */
export function etagOf({ version }: { readonly version: number }): string {
  return `"${version}"`;
}

/** Whether a request says which version it has read. */
export function namesVersion(ifMatch: string | undefined): ifMatch is string {
  return ifMatch !== undefined && ifMatch.trim() !== '*';
}

/** @throws OrchestrationError 412 when the request has read another version */
export function refuseStale(
  present: { readonly version: number },
  ifMatch: string | undefined,
  what: string,
): void {
  if (!namesVersion(ifMatch)) return;
  const tags = ifMatch.split(',').map((tag) => tag.trim());
  if (!tags.includes(etagOf(present))) throw staleError(present, what);
}

export function staleError({ version }: { readonly version: number }, what: string) {
  return new OrchestrationError(
    'precondition_failed',
    `The ${what} is at version ${version} by now.`,
  );
}
