import type { NoticeEvent } from '@tenuto/contract';
import type {
  Access,
  AuditEntry,
  NewRoute,
  Page,
  PageRequest,
  RouteCreation,
  RouteRecord,
} from '@tenuto/engine';
import { auditPart } from './audit.ts';
import { ask, type Database, parameters } from './database.ts';
import { keyPart } from './idempotency.ts';
import { pageOf } from './page.ts';
import { reachable } from './run-row.ts';

const FROM = 'notice_routes o join notice_channels c on c.channel_id = o.channel_id';
const COLUMNS = `o.route_id, o.owner, o.channel_id, c.name as channel_name, o.events, o.tag,
  o.job_type, o.everyone, (extract(epoch from o.created_at) * 1000)::float8 as created_at`;

interface Row {
  readonly route_id: string;
  readonly owner: string;
  readonly channel_id: string;
  readonly channel_name: string;
  readonly events: NoticeEvent[];
  readonly tag: string | null;
  readonly job_type: string | null;
  readonly everyone: boolean;
  readonly created_at: number;
}

function recordOf(row: Row): RouteRecord {
  return {
    routeId: row.route_id,
    owner: row.owner,
    channelId: row.channel_id,
    channelName: row.channel_name,
    events: row.events,
    tag: row.tag,
    jobType: row.job_type,
    everyone: row.everyone,
    createdAt: row.created_at,
  };
}

export async function findRoute(
  db: Database,
  access: Access,
  routeId: string,
): Promise<RouteRecord | undefined> {
  const given = parameters();
  const [row] = await ask<Row>(
    db,
    `select ${COLUMNS} from ${FROM}
     where o.route_id = ${given.add(routeId)} and ${reachable(access, given, 'o')}`,
    given.values,
  );
  return row && recordOf(row);
}

/** Newest first. */
export function listRoutes(
  db: Database,
  access: Access,
  page: PageRequest<string>,
): Promise<Page<RouteRecord>> {
  const given = parameters();
  const where = [reachable(access, given, 'o')];
  return pageOf(db, {
    ...{ columns: COLUMNS, from: FROM, where, key: ['o.route_id'] },
    after: page.after === undefined ? undefined : [page.after],
    ...{ page, given, newestFirst: true, item: recordOf },
  });
}

/** The audit row names the route, whose id is made here. */
export async function addRoute(db: Database, route: NewRoute): Promise<RouteCreation> {
  const given = parameters();
  const channel = given.add(route.channel);
  const made = { from: 'fresh', id: 'id', names: 'notification_route' };
  const [row] = await ask<{ known: boolean; route_id: string | null }>(
    db,
    `with fresh as materialized (
       select uuid_v7() as id, c.owner, c.channel_id from notice_channels c
       where c.owner = ${given.add(route.owner)}
         and (c.name = ${channel} or c.channel_id::text = lower(${channel}))),
     keyed as (${keyPart(route, made, given)}),
     added as (
       insert into notice_routes (route_id, owner, channel_id, events, tag, job_type, everyone)
       select id, owner, channel_id, ${given.add(route.events)}::text[],
         ${given.add(route.tag ?? null)}, ${given.add(route.jobType ?? null)},
         ${given.add(route.everyone)}
       from fresh, keyed returning route_id),
     audited as (${auditPart(route.audit, 'added', given, 'added.route_id::text')})
     select exists (select from fresh) as known, (select route_id from added) as route_id`,
    given.values,
  );
  if (row?.known !== true) return 'unknown';
  return row.route_id === null ? 'duplicate' : { routeId: row.route_id };
}

export async function removeRoute(
  db: Database,
  access: Access,
  routeId: string,
  audit: AuditEntry,
): Promise<boolean> {
  const given = parameters();
  const rows = await ask(
    db,
    `with removed as (
       delete from notice_routes o
       where o.route_id = ${given.add(routeId)} and ${reachable(access, given, 'o')} returning 1),
     audited as (${auditPart(audit, 'removed', given)})
     select 1 from removed`,
    given.values,
  );
  return rows.length > 0;
}
