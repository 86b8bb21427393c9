import type { AuditEntry, NewSession, SessionRecord } from '@tenuto/engine';
import { auditPart } from './audit.ts';
import { ask, type Database, parameters } from './database.ts';

interface SessionRow {
  readonly hash: Buffer;
  readonly csrf_hash: Buffer;
  readonly token_hash: Buffer | null;
  readonly principal: string | null;
  readonly expires_at: Date;
}

export async function addSession(db: Database, session: NewSession): Promise<void> {
  const given = parameters();
  const values = [
    ...[session.hash, session.csrfHash, session.tokenHash, session.principal, session.subject],
    new Date(session.expiresAt),
  ].map((value) => given.add(value));
  await ask(
    db,
    `with begun as (
       insert into sessions (hash, csrf_hash, token_hash, principal, subject, expires_at)
       values (${values.join(', ')}) returning 1),
     audited as (${auditPart(session.audit, 'begun', given)})
     select 1 from begun`,
    given.values,
  );
}

/** @param lookup the first bytes of the hash; the caller compares the whole in constant time */
export async function findSessions(
  db: Database,
  lookup: Uint8Array,
): Promise<readonly SessionRecord[]> {
  const rows = await ask<SessionRow>(
    db,
    `select hash, csrf_hash, token_hash, principal::text as principal, expires_at from sessions
     where substring(hash from 1 for 8) = $1 and expires_at > clock_timestamp()`,
    [lookup],
  );
  return rows.map((row) => ({
    hash: row.hash,
    csrfHash: row.csrf_hash,
    tokenHash: row.token_hash,
    principal: row.principal,
    expiresAt: row.expires_at.getTime(),
  }));
}

export async function endSession(
  db: Database,
  hash: Uint8Array,
  audit: AuditEntry,
): Promise<boolean> {
  const given = parameters();
  const rows = await ask(
    db,
    `with ended as (delete from sessions where hash = ${given.add(hash)} returning 1),
     audited as (${auditPart(audit, 'ended', given)})
     select 1 from ended`,
    given.values,
  );
  return rows.length > 0;
}
