/**
 * What the relays of all servers do, each statement whole: making deliveries of notices, taking
 * the lease of what is due, and writing down what became of it. A relay that dies in between has
 * taken nothing away: a notice goes in the statement that makes its deliveries, and a lease ends.
 */
import type { ChannelType, JsonObject } from '@tenuto/contract';
import type { ClaimedDelivery, RelayStore, Settlement } from '@tenuto/engine';
import type pg from 'pg';
import { auditPart } from './audit.ts';
import { type Parameters, parameters } from './database.ts';
import { SECRETS } from './notice-channels.ts';

type Queryable = Pick<pg.Pool, 'query'>;

/** With the delays between them, about a day; see the relay. */
export const ATTEMPTS_MOST = 8;
const NOTICES_AT_ONCE = 200;
/** Of one place, so many are sent at a time. */
const AT_ONE_PLACE = 4;
/** Candidates among which places are told apart. */
const LOOKED_AT = 1_000;
const KEPT = `interval '30 days'`;
const DROPPED_AT_ONCE = 2_000;

const ROUTES = `select t.notice_id, c.owner, c.channel_id, c.name as channel_name, c.type,
    null::text as url, null::text[] as recipients, c.state = 'active' as usable
  from told t
  join notice_routes o on (o.owner = t.owner or o.everyone) and t.event = any(o.events)
    and (o.tag is null or o.tag = any(t.tags))
    and (o.job_type is null or o.job_type = t.job_type)
  join notice_channels c on c.channel_id = o.channel_id`;
const NAMED = `select t.notice_id, t.owner, c.channel_id, coalesce(c.name, x.channel),
    coalesce(c.type, case when x.email is null then 'webhook' else 'email' end), x.webhook,
    case when x.email is not null then array[x.email] end,
    x.channel is null or c.state is not distinct from 'active'
  from told t cross join jsonb_to_recordset(t.targets) x(channel text, webhook text, email text)
  left join notice_channels c on c.owner = t.owner and c.name = x.channel
  where t.targets is not null and t.owner is not null`;

/** A channel that two routes name is told once. One that cannot be used is told of as failed. */
const EXPAND = `with taken as materialized (
    delete from notices n where n.notice_id = any(array(
      select notice_id from notices order by notice_id limit ${NOTICES_AT_ONCE}
      for update skip locked))
    returning n.*),
  told as materialized (
    select t.*, r.name as job_name, r.job_type, r.tags
    from taken t left join lateral (
      select name, job_type, tags from run_live where run_id = t.run_id
      union all select name, job_type, tags from runs where run_id = t.run_id limit 1) r on true),
  wanted as (${ROUTES} union ${NAMED}),
  added as (
    insert into notice_deliveries (owner, notice_id, event, run_id, type, channel_id, channel_name,
      url, recipients, place, payload, detail, noticed_at, state, attempts_most, last_error,
      ended_at)
    select w.owner, t.notice_id, t.event, t.run_id, w.type, w.channel_id, w.channel_name, w.url,
      w.recipients, coalesce(w.channel_id::text, w.url, w.recipients[1], ''),
      t.payload || jsonb_strip_nulls(jsonb_build_object('job_id', t.run_id, 'job_name', t.job_name,
        'job_type', t.job_type, 'tags', to_jsonb(t.tags))),
      t.detail, t.at, case when w.usable then 'pending' else 'failed' end, ${ATTEMPTS_MOST},
      case when not w.usable then jsonb_build_object('type', 'no_channel', 'message',
        'The channel ' || coalesce(w.channel_name, '') || ' is disabled or not there.') end,
      case when not w.usable then clock_timestamp() end
    from wanted w join told t on t.notice_id = w.notice_id)
  select count(*)::int as notices from taken`;

const CLAIM = `with waiting as (
    select d.delivery_id, d.place, d.due_at from notice_deliveries d
    where d.state = 'pending' and d.due_at <= clock_timestamp() and d.place <> all($3::text[])
    order by d.due_at limit ${LOOKED_AT}),
  ranked as (
    select delivery_id, due_at, row_number() over (partition by place order by due_at) as rank
    from waiting),
  due as materialized (
    select d.delivery_id from notice_deliveries d
    where d.delivery_id = any(array(
        select delivery_id from ranked where rank <= ${AT_ONE_PLACE} order by due_at limit $1))
      and d.state = 'pending' and d.due_at <= clock_timestamp()
    for update skip locked),
  claimed as (
    update notice_deliveries d set attempts = d.attempts + 1,
      due_at = clock_timestamp() + $2 * interval '1 millisecond'
    from due where d.delivery_id = due.delivery_id returning d.*)
  select d.delivery_id, d.owner, d.event, d.run_id, d.type, coalesce(d.url, c.url) as url,
    coalesce(d.recipients, c.recipients) as recipients, d.place, d.payload, d.detail,
    (extract(epoch from d.noticed_at) * 1000)::float8 as noticed_at, d.attempts, d.attempts_most,
    d.channel_id, d.channel_id is not null and c.state is distinct from 'active' as channel_gone,
    coalesce(${SECRETS}, '{}') as secrets
  from claimed d left join notice_channels c on c.channel_id = d.channel_id`;

interface ClaimedRow {
  readonly delivery_id: string;
  readonly owner: string;
  readonly event: string;
  readonly run_id: string | null;
  readonly type: ChannelType;
  readonly url: string | null;
  readonly recipients: string[] | null;
  readonly place: string;
  readonly payload: JsonObject;
  readonly detail: string | null;
  readonly noticed_at: number;
  readonly attempts: number;
  readonly attempts_most: number;
  readonly channel_id: string | null;
  readonly channel_gone: boolean;
  readonly secrets: Buffer[];
}

export function createRelayStore(db: Queryable): RelayStore {
  return {
    async expand() {
      const { rows } = await db.query<{ notices: number }>(EXPAND);
      return rows[0]?.notices ?? 0;
    },
    async claim({ limit, leaseMs, busy }) {
      const { rows } = await db.query<ClaimedRow>(CLAIM, [limit, leaseMs, busy]);
      return rows.map(claimedOf);
    },
    settle: (settlement) => settle(db, settlement),
  };
}

function claimedOf(row: ClaimedRow): ClaimedDelivery {
  return {
    deliveryId: row.delivery_id,
    owner: row.owner,
    event: row.event,
    runId: row.run_id,
    type: row.type,
    url: row.url,
    recipients: row.recipients,
    place: row.place,
    payload: row.payload,
    detail: row.detail,
    noticedAt: row.noticed_at,
    attempt: row.attempts,
    attemptsMost: row.attempts_most,
    channelId: row.channel_id,
    channelGone: row.channel_gone,
    sealedSecrets: row.secrets,
  };
}

/**
 * That it was received counts whenever it is heard of; a failure only while no other server has
 * begun the next attempt.
 */
async function settle(db: Queryable, settlement: Settlement): Promise<void> {
  const { deliveryId, attempt, durationMs, status, error, verdict, disable } = settlement;
  const given = parameters();
  const id = given.add(deliveryId);
  const made = given.add(attempt);
  const code = `${given.add(status)}::smallint`;
  const problem = `${given.add(error === null ? null : JSON.stringify(error))}::jsonb`;
  const retryInMs = verdict.state === 'pending' ? verdict.retryInMs : null;
  const wait = `${given.add(retryInMs)}::float8 * interval '1 millisecond'`;
  const mine = verdict.state === 'delivered' ? '' : `and d.attempts = ${made}`;
  const over = given.add(verdict.state !== 'pending');
  await db.query({
    text: `with settled as (
        update notice_deliveries d set state = ${given.add(verdict.state)},
          due_at = coalesce(clock_timestamp() + ${wait}, d.due_at), last_status = ${code},
          last_error = ${problem}, ended_at = case when ${over} then clock_timestamp() end
        where d.delivery_id = ${id} and d.state = 'pending' ${mine} returning 1),
      ${disable === undefined ? '' : disableParts(disable, given)}
      noted as (
        insert into notice_attempts (delivery_id, attempt, duration_ms, status, error)
        select d.delivery_id, ${made}, ${given.add(durationMs)}, ${code}, ${problem}
        from notice_deliveries d where d.delivery_id = ${id}
        on conflict do nothing)
      select 1`,
    values: given.values,
  });
}

/** The receiver has said that it is gone for good; whose channel it is sees why nothing comes. */
function disableParts(
  { channelId, reason }: NonNullable<Settlement['disable']>,
  given: Parameters,
): string {
  const audit = {
    actor: 'relay',
    action: 'notification_channel.disabled',
    subject: channelId,
    details: { reason },
  };
  return `disabled as (
      update notice_channels c set state = 'disabled', disabled_reason = ${given.add(reason)},
        updated_at = clock_timestamp(), version = c.version + 1
      where c.channel_id = ${given.add(channelId)} and c.state = 'active' returning 1),
    audited as (${auditPart(audit, 'disabled', given)}),`;
}

/**
 * Deletes deliveries that are over and older than they are kept, some thousand in a transaction.
 * @returns how many were deleted
 */
export async function dropOldDeliveries(db: Queryable): Promise<number> {
  for (let dropped = 0; ; ) {
    const { rowCount } = await db.query(
      `delete from notice_deliveries where delivery_id = any(array(
         select d.delivery_id from notice_deliveries d
         where d.delivery_id < uuid_v7_floor(clock_timestamp() - ${KEPT}) and d.state <> 'pending'
         order by d.delivery_id limit ${DROPPED_AT_ONCE} for update skip locked))`,
    );
    dropped += rowCount ?? 0;
    if ((rowCount ?? 0) < DROPPED_AT_ONCE) return dropped;
  }
}
