import type { WebhookState, WebhookVerification } from '@tenuto/contract';
import type {
  Access,
  NewWebhook,
  WebhookChange,
  WebhookRecord,
  WebhookStore,
} from '@tenuto/engine';
import { auditPart } from './audit.ts';
import { ask, type Database, type Parameters, parameters } from './database.ts';
import { freshPart } from './idempotency.ts';
import { pageOf } from './page.ts';
import { reachable } from './run-row.ts';

/** PostgreSQL's `unique_violation`. */
const UNIQUE = '23505';
const NAME_INDEX = 'webhooks_name';
const COLUMNS = `w.webhook_id, w.owner, w.name, w.topic, w.verify, w.secret, w.hook, w.state,
  w.created_at, w.updated_at, w.version`;

interface Row {
  readonly webhook_id: string;
  readonly owner: string;
  readonly name: string;
  readonly topic: string;
  readonly verify: WebhookVerification;
  readonly secret: Buffer | null;
  readonly hook: Buffer;
  readonly state: WebhookState;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly version: number;
}

/** Inbound webhooks, as the API sees them. */
export function createWebhookStore(db: Database): WebhookStore {
  return {
    create: (webhook) => createWebhook(db, webhook),
    async find(access, webhookId) {
      const given = parameters();
      const where = `w.webhook_id = ${given.add(webhookId)} and ${there(access, given)}`;
      const text = `select ${COLUMNS} from webhooks w where ${where}`;
      return (await ask<Row>(db, text, given.values)).map(recordOf)[0];
    },
    list(access, page) {
      const given = parameters();
      const where = [there(access, given)];
      return pageOf<Row, WebhookRecord>(db, {
        ...{ columns: COLUMNS, from: 'webhooks w', where, key: ['w.webhook_id'] },
        after: page.after === undefined ? undefined : [page.after],
        ...{ page, given, newestFirst: true, item: recordOf },
      });
    },
    change: (access, change) => changeWebhook(db, access, change),
    async remove(access, { webhookId, version, audit }) {
      const given = parameters();
      const conditions = [
        `w.webhook_id = ${given.add(webhookId)}`,
        there(access, given),
        version === undefined ? 'true' : `w.version = ${given.add(version)}`,
      ];
      const text = `with removed as (
          update webhooks w set deleted_at = clock_timestamp(), secret = null
          where ${conditions.join(' and ')} returning 1),
        audited as (${auditPart(audit, 'removed', given)})
        select 1 from removed`;
      return (await ask(db, text, given.values)).length > 0;
    },
    async at(hookHash) {
      const text = `select ${COLUMNS} from webhooks w where w.hook_hash = $1 and w.deleted_at is null`;
      return (await ask<Row>(db, text, [Buffer.from(hookHash)])).map(recordOf)[0];
    },
  };
}

/** The condition that a webhook is there for whom the access is of. */
function there(access: Access, given: Parameters): string {
  return `w.deleted_at is null and ${reachable(access, given, 'w')}`;
}

/** The webhook, its idempotency key and its audit row, or none of them. */
async function createWebhook(
  db: Database,
  webhook: NewWebhook,
): Promise<'created' | 'taken' | 'duplicate'> {
  const given = parameters();
  const fresh = { names: 'webhook', id: given.add(webhook.webhookId) };
  const text = `with ${freshPart(webhook, fresh, given)},
    made as (
      insert into webhooks (webhook_id, owner, name, topic, verify, secret, hook, hook_hash, state)
      select id, ${given.add(webhook.owner)}, ${given.add(webhook.name)},
        ${given.add(webhook.topic)}, ${given.add(webhook.verify)},
        ${given.add(bytes(webhook.secret))}::bytea, ${given.add(bytes(webhook.hook))}::bytea,
        ${given.add(bytes(webhook.hookHash))}::bytea, ${given.add(webhook.state)}
      from fresh returning 1),
    audited as (${auditPart(webhook.audit, 'made', given)})
    select 1 from made`;
  const rows = await unlessTaken(() => ask(db, text, given.values));
  if (rows === 'taken') return 'taken';
  return rows.length > 0 ? 'created' : 'duplicate';
}

async function changeWebhook(
  db: Database,
  access: Access,
  change: WebhookChange,
): Promise<'changed' | 'taken' | 'stale'> {
  const given = parameters();
  const text = `with changed as (
      update webhooks w set name = ${given.add(change.name)}, topic = ${given.add(change.topic)},
        verify = ${given.add(change.verify)}, secret = ${given.add(bytes(change.secret))},
        state = ${given.add(change.state)}, updated_at = clock_timestamp(), version = w.version + 1
      where w.webhook_id = ${given.add(change.webhookId)} and w.version = ${given.add(change.version)}
        and ${there(access, given)}
      returning 1),
    audited as (${auditPart(change.audit, 'changed', given)})
    select 1 from changed`;
  const rows = await unlessTaken(() => ask(db, text, given.values));
  if (rows === 'taken') return 'taken';
  return rows.length > 0 ? 'changed' : 'stale';
}

/** A name that another has refuses the whole statement, its key and its audit row too. */
async function unlessTaken<Rows>(statement: () => Promise<Rows>): Promise<Rows | 'taken'> {
  try {
    return await statement();
  } catch (error) {
    if (isTaken(error)) return 'taken';
    throw error;
  }
}

function isTaken(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error) || !('constraint' in error)) return false;
  return error.code === UNIQUE && error.constraint === NAME_INDEX;
}

function bytes(value: Uint8Array | null): Buffer | null {
  return value === null ? null : Buffer.from(value);
}

function recordOf(row: Row): WebhookRecord {
  return {
    webhookId: row.webhook_id,
    owner: row.owner,
    name: row.name,
    topic: row.topic,
    verify: row.verify,
    secret: row.secret,
    hook: row.hook,
    state: row.state,
    createdAt: row.created_at.getTime(),
    updatedAt: row.updated_at.getTime(),
    version: row.version,
  };
}
