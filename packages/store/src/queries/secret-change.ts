import type { Access, NewSecret, SealedSecret, SecretEdit, SecretRemoval } from '@tenuto/engine';
import { auditPart } from './audit.ts';
import { ask, type Database, type Parameters, parameters } from './database.ts';
import { freshPart } from './idempotency.ts';
import { reachable } from './run-row.ts';

/** PostgreSQL's `unique_violation`. */
const UNIQUE = '23505';

/** Makes a secret with its idempotency key and its audit row, or none of them. */
export async function createSecret(
  db: Database,
  secret: NewSecret,
): Promise<'done' | 'taken' | 'duplicate'> {
  const given = parameters();
  const made = { names: 'secret', id: given.add(secret.secretId) };
  const text = `with ${freshPart(secret, made, given)},
     added as (
       insert into secrets (secret_id, owner, name, sealed, description, allowed_hosts)
       select id, ${given.add(secret.owner)}, ${given.add(secret.name)},
         ${given.add(secret.sealed)}::bytea, ${given.add(secret.description)},
         ${given.add(secret.allowedHosts)}::text[]
       from fresh returning 1),
     audited as (${auditPart(secret.audit, 'added', given)})
     select 1 from added`;
  try {
    return (await ask(db, text, given.values)).length > 0 ? 'done' : 'duplicate';
  } catch (error) {
    if (isTaken(error)) return 'taken';
    throw error;
  }
}

/** A name that another secret has refuses the whole statement, its key and its audit row too. */
function isTaken(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error) || !('constraint' in error)) return false;
  return error.code === UNIQUE && error.constraint === 'secrets_name';
}

/** Changes what is given. */
export function changeSecret(
  db: Database,
  access: Access,
  edit: SecretEdit,
): Promise<'done' | 'stale' | 'missing'> {
  const given = parameters();
  const sets = ['updated_at = clock_timestamp()', 'version = s.version + 1'];
  if (edit.sealed !== undefined) sets.push(`sealed = ${given.add(edit.sealed)}`);
  if (edit.description !== undefined) sets.push(`description = ${given.add(edit.description)}`);
  if (edit.allowedHosts !== undefined) {
    sets.push(`allowed_hosts = ${given.add(edit.allowedHosts)}`);
  }
  const deed = `update secrets s set ${sets.join(', ')}`;
  return perform(db, { access, given, deed, of: edit });
}

export function removeSecret(
  db: Database,
  access: Access,
  removal: SecretRemoval,
): Promise<'done' | 'stale' | 'missing'> {
  return perform(db, { access, given: parameters(), deed: 'delete from secrets s', of: removal });
}

interface Deed {
  readonly access: Access;
  readonly given: Parameters;
  readonly deed: string;
  readonly of: SecretRemoval;
}

/** The change and its audit row are one statement; which refusal it was is asked for after. */
async function perform(
  db: Database,
  { access, given, deed, of }: Deed,
): Promise<'done' | 'stale' | 'missing'> {
  const version = of.version === undefined ? '' : ` and s.version = ${given.add(of.version)}`;
  const rows = await ask(
    db,
    `with changed as (
       ${deed} where s.secret_id = ${given.add(of.secretId)}
         and ${reachable(access, given, 's')}${version} returning 1),
     audited as (${auditPart(of.audit, 'changed', given)})
     select 1 from changed`,
    given.values,
  );
  if (rows.length > 0) return 'done';
  const again = parameters();
  const there = await ask(
    db,
    `select 1 from secrets s where s.secret_id = ${again.add(of.secretId)}
       and ${reachable(access, again, 's')}`,
    again.values,
  );
  return there.length > 0 ? 'stale' : 'missing';
}

/** The value stays what it was, so does its version. */
export async function resealSecret(
  db: Database,
  { secretId, sealed: before }: SealedSecret,
  sealed: Uint8Array,
): Promise<boolean> {
  const rows = await ask(
    db,
    'update secrets set sealed = $2 where secret_id = $1 and sealed = $3 returning 1',
    [secretId, sealed, before],
  );
  return rows.length > 0;
}
