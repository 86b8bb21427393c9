/** Secrets as jobs use them: named when they are submitted, opened when an attempt runs. */
import { PlanError } from '@tenuto/contract';
import type { OpenSecret, Plan, SecretStore } from '@tenuto/engine';
import type { Vault } from '../secrets/vault.ts';
import { sealOf } from './secrets.ts';

/** Secrets sealed anew in one go. */
const RESEALED_AT_ONCE = 100;

/**
 * Opens secrets of an owner by their names.
 * @throws VaultError when one cannot be opened here, and as the store does
 */
export function secretOpener(secrets: Pick<SecretStore, 'sealed'>, vault: Vault) {
  return async (
    owner: string,
    names: readonly string[],
  ): Promise<ReadonlyMap<string, OpenSecret>> => {
    const found = await secrets.sealed(owner, names);
    const open = found.map(({ secretId, name, sealed, allowedHosts }) => {
      const value = vault.open(sealed, sealOf(secretId));
      return [name, { value, ...(allowedHosts !== null && { allowedHosts }) }] as const;
    });
    return new Map(open);
  };
}

/**
 * Refuses a plan that names secrets which its owner does not have.
 * @param placeOf leads from a place in the graph to one in what was sent
 * @throws PlanError that names each
 */
export async function refuseUnknownSecrets(
  secrets: Pick<SecretStore, 'unknown'>,
  owner: string,
  { plan, placeOf }: { readonly plan: Plan; readonly placeOf: (path: string) => string },
): Promise<void> {
  const names = [...plan.secrets.keys()];
  if (names.length === 0) return;
  const unknown = await secrets.unknown(owner, names);
  const problems = unknown.map((name) => ({
    path: placeOf(plan.secrets.get(name) ?? ''),
    message: `There is no secret "${name}"; set it first.`,
    value: name,
  }));
  const [first] = problems;
  if (first !== undefined) throw new PlanError(first.message, problems);
}

/**
 * Seals anew, under the present key, what was sealed under one before it.
 * @returns how many secrets were
 */
export async function resealSecrets(
  secrets: Pick<SecretStore, 'sealedOtherwise' | 'reseal'>,
  vault: Vault,
): Promise<number> {
  let resealed = 0;
  for (;;) {
    const some = await secrets.sealedOtherwise(vault.head, RESEALED_AT_ONCE);
    if (some.length === 0) return resealed;
    for (const secret of some) {
      const of = sealOf(secret.secretId);
      const sealed = vault.seal(vault.open(secret.sealed, of), of);
      if (await secrets.reseal(secret, sealed)) resealed += 1;
    }
  }
}
