import type { ChannelType, DeliveryState } from '@tenuto/contract';
import type {
  Access,
  AuditEntry,
  DeliveryError,
  DeliveryFilter,
  DeliveryRecord,
  Page,
  PageRequest,
} from '@tenuto/engine';
import { auditPart } from './audit.ts';
import { ask, type Database, parameters } from './database.ts';
import { ATTEMPTS_MOST } from './notice-relay.ts';
import { pageOf } from './page.ts';
import { reachable } from './run-row.ts';

const MS = (column: string) => `(extract(epoch from ${column}) * 1000)::float8`;
const COLUMNS = `d.delivery_id, d.owner, d.event, d.run_id, d.type, d.channel_id, d.channel_name,
  coalesce(d.url, c.url) as url, coalesce(d.recipients, c.recipients) as recipients, d.state,
  d.attempts, d.attempts_most, ${MS('d.due_at')} as due_at, d.last_status, d.last_error,
  ${MS('d.noticed_at')} as created_at, ${MS('d.ended_at')} as ended_at,
  (select coalesce(json_agg(json_build_object('attempt', a.attempt, 'endedAt', ${MS('a.ended_at')},
     'durationMs', a.duration_ms, 'status', a.status, 'error', a.error) order by a.attempt), '[]')
   from notice_attempts a where a.delivery_id = d.delivery_id) as made`;
const FROM = 'notice_deliveries d left join notice_channels c on c.channel_id = d.channel_id';
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

interface Row {
  readonly delivery_id: string;
  readonly owner: string;
  readonly event: string;
  readonly run_id: string | null;
  readonly type: ChannelType;
  readonly channel_id: string | null;
  readonly channel_name: string | null;
  readonly url: string | null;
  readonly recipients: string[] | null;
  readonly state: DeliveryState;
  readonly attempts: number;
  readonly attempts_most: number;
  readonly due_at: number;
  readonly last_status: number | null;
  readonly last_error: DeliveryError | null;
  readonly created_at: number;
  readonly ended_at: number | null;
  readonly made: DeliveryRecord['attempts'];
}

function recordOf(row: Row): DeliveryRecord {
  return {
    deliveryId: row.delivery_id,
    owner: row.owner,
    event: row.event,
    runId: row.run_id,
    type: row.type,
    channelId: row.channel_id,
    channelName: row.channel_name,
    url: row.url,
    recipients: row.recipients,
    state: row.state,
    attemptsMade: row.attempts,
    attemptsMost: row.attempts_most,
    dueAt: row.due_at,
    lastStatus: row.last_status,
    lastError: row.last_error,
    createdAt: row.created_at,
    endedAt: row.ended_at,
    attempts: row.made,
  };
}

export async function findDelivery(
  db: Database,
  access: Access,
  deliveryId: string,
): Promise<DeliveryRecord | undefined> {
  const given = parameters();
  const [row] = await ask<Row>(
    db,
    `select ${COLUMNS} from ${FROM}
     where d.delivery_id = ${given.add(deliveryId)} and ${reachable(access, given, 'd')}`,
    given.values,
  );
  return row && recordOf(row);
}

/** Newest first. */
export function listDeliveries(
  db: Database,
  access: Access,
  filter: DeliveryFilter,
  page: PageRequest<string>,
): Promise<Page<DeliveryRecord>> {
  const given = parameters();
  const where = [reachable(access, given, 'd')];
  if (filter.states !== undefined) where.push(`d.state = any(${given.add(filter.states)}::text[])`);
  if (filter.event !== undefined) where.push(`d.event = ${given.add(filter.event)}`);
  const { channel } = filter;
  if (channel !== undefined) {
    where.push(
      UUID.test(channel)
        ? `d.channel_id = ${given.add(channel)}`
        : `d.channel_id = (select n.channel_id from notice_channels n
            where n.owner = ${given.add(access.owner)} and n.name = ${given.add(channel)})`,
    );
  }
  return pageOf(db, {
    ...{ columns: COLUMNS, from: FROM, where, key: ['d.delivery_id'] },
    after: page.after === undefined ? undefined : [page.after],
    ...{ page, given, newestFirst: true, item: recordOf },
  });
}

/** The same message under the same id, with all its attempts before it again. */
export async function redeliver(
  db: Database,
  access: Access,
  deliveryId: string,
  audit: AuditEntry,
): Promise<'done' | 'pending' | 'missing'> {
  const given = parameters();
  const id = given.add(deliveryId);
  const [row] = await ask<{ changed: boolean }>(
    db,
    `with present as (
       select d.state from notice_deliveries d
       where d.delivery_id = ${id} and ${reachable(access, given, 'd')} for update),
     changed as (
       update notice_deliveries d set state = 'pending', due_at = clock_timestamp(),
         ended_at = null, attempts_most = d.attempts + ${ATTEMPTS_MOST}
       from present p where d.delivery_id = ${id} and p.state <> 'pending' returning 1),
     audited as (${auditPart(audit, 'changed', given)})
     select exists (select from changed) as changed from present`,
    given.values,
  );
  if (row === undefined) return 'missing';
  return row.changed ? 'done' : 'pending';
}

export async function testChannel(
  db: Database,
  access: Access,
  channelId: string,
  audit: AuditEntry,
): Promise<string | undefined> {
  const given = parameters();
  const [row] = await ask<{ delivery_id: string }>(
    db,
    `with added as (
       insert into notice_deliveries (owner, notice_id, event, type, channel_id, channel_name,
         place, payload, noticed_at, state, attempts_most)
       select c.owner, uuid_v7(), 'channel.test', c.type, c.channel_id, c.name, c.channel_id::text,
         jsonb_build_object('channel', c.name), clock_timestamp(), 'pending', 1
       from notice_channels c
       where c.channel_id = ${given.add(channelId)} and ${reachable(access, given, 'c')}
       returning delivery_id),
     audited as (${auditPart(audit, 'added', given)})
     select delivery_id from added`,
    given.values,
  );
  return row?.delivery_id;
}
