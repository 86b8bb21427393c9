import type { ChannelState, ChannelType } from '@tenuto/contract';
import type {
  Access,
  AuditEntry,
  ChannelCreation,
  ChannelEdit,
  ChannelRecord,
  ChannelResult,
  NewChannel,
  Page,
  PageRequest,
  Rotation,
  SendingChannel,
} from '@tenuto/engine';
import { auditPart } from './audit.ts';
import { ask, type Database, parameters } from './database.ts';
import { keyPart } from './idempotency.ts';
import { pageOf } from './page.ts';
import { reachable } from './run-row.ts';

const MS = (column: string) => `(extract(epoch from ${column}) * 1000)::float8`;
const COLUMNS = `c.channel_id, c.owner, c.name, c.type, c.url, c.recipients, c.state,
  c.disabled_reason, ${MS('c.created_at')} as created_at, ${MS('c.updated_at')} as updated_at,
  c.version`;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

interface Row {
  readonly channel_id: string;
  readonly owner: string;
  readonly name: string;
  readonly type: ChannelType;
  readonly url: string | null;
  readonly recipients: string[] | null;
  readonly state: ChannelState;
  readonly disabled_reason: string | null;
  readonly created_at: number;
  readonly updated_at: number;
  readonly version: number;
}

function recordOf(row: Row): ChannelRecord {
  return {
    channelId: row.channel_id,
    owner: row.owner,
    name: row.name,
    type: row.type,
    url: row.url,
    recipients: row.recipients,
    state: row.state,
    disabledReason: row.disabled_reason,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    version: row.version,
  };
}

/** By id whoever may reach it; by name only the caller's own, since names are an owner's. */
export async function findChannel(
  db: Database,
  access: Access,
  idOrName: string,
): Promise<ChannelRecord | undefined> {
  const given = parameters();
  const which = UUID.test(idOrName)
    ? `c.channel_id = ${given.add(idOrName)} and ${reachable(access, given, 'c')}`
    : `c.name = ${given.add(idOrName)} and c.owner = ${given.add(access.owner)}`;
  const [row] = await ask<Row>(
    db,
    `select ${COLUMNS} from notice_channels c where ${which}`,
    given.values,
  );
  return row && recordOf(row);
}

/** Newest first. */
export function listChannels(
  db: Database,
  access: Access,
  page: PageRequest<string>,
): Promise<Page<ChannelRecord>> {
  const given = parameters();
  const where = [reachable(access, given, 'c')];
  return pageOf(db, {
    ...{ columns: COLUMNS, from: 'notice_channels c', where, key: ['c.channel_id'] },
    after: page.after === undefined ? undefined : [page.after],
    ...{ page, given, newestFirst: true, item: recordOf },
  });
}

export async function addChannel(db: Database, channel: NewChannel): Promise<ChannelCreation> {
  const given = parameters();
  const made = { from: 'fresh', id: 'id', names: 'notification_channel' };
  const rows = await ask(
    db,
    `with fresh as (select ${given.add(channel.channelId)}::uuid as id),
     keyed as (${keyPart(channel, made, given)}),
     added as (
       insert into notice_channels (channel_id, owner, name, type, url, recipients, secret)
       select id, ${given.add(channel.owner)}, ${given.add(channel.name)},
         ${given.add(channel.type)}, ${given.add(channel.url ?? null)},
         ${given.add(channel.recipients ?? null)}::text[],
         ${given.add(channel.sealedSecret ?? null)}::bytea
       from fresh, keyed returning 1),
     audited as (${auditPart(channel.audit, 'added', given)})
     select 1 from added`,
    given.values,
  ).catch(unlessTaken('taken'));
  if (rows === 'taken') return 'taken';
  return rows.length > 0 ? 'done' : 'duplicate';
}

/** Changes what is given; switching it on forgets why it was off. */
export async function editChannel(
  db: Database,
  access: Access,
  edit: ChannelEdit,
): Promise<ChannelResult> {
  const given = parameters();
  const id = given.add(edit.channelId);
  const sets = ['updated_at = clock_timestamp()', 'version = c.version + 1'];
  if (edit.name !== undefined) sets.push(`name = ${given.add(edit.name)}`);
  if (edit.url !== undefined) sets.push(`url = ${given.add(edit.url)}`);
  if (edit.recipients !== undefined) sets.push(`recipients = ${given.add(edit.recipients)}`);
  if (edit.state !== undefined) {
    sets.push(`state = ${given.add(edit.state)}`, 'disabled_reason = null');
  }
  const fresh = edit.version === undefined ? 'true' : `p.version = ${given.add(edit.version)}`;
  const free =
    edit.name === undefined
      ? 'true'
      : `not exists (select from notice_channels o where o.owner = p.owner
          and o.name = ${given.add(edit.name)} and o.channel_id <> ${id})`;
  const [row] = await ask<{ changed: boolean; fresh: boolean }>(
    db,
    `with present as (
       select c.owner, c.version from notice_channels c
       where c.channel_id = ${id} and ${reachable(access, given, 'c')} for update),
     changed as (
       update notice_channels c set ${sets.join(', ')} from present p
       where c.channel_id = ${id} and ${fresh} and ${free} returning 1),
     audited as (${auditPart(edit.audit, 'changed', given)})
     select exists (select from changed) as changed, ${fresh} as fresh from present p`,
    given.values,
  ).catch(unlessTaken([{ changed: false, fresh: true }]));
  if (row === undefined) return 'missing';
  if (row.changed) return 'done';
  return row.fresh ? 'taken' : 'stale';
}

/** A name that another channel has refuses the whole statement: the index decides. */
function unlessTaken<Answer>(answer: Answer): (error: unknown) => Answer {
  return (error) => {
    if (error instanceof Error && 'code' in error && error.code === '23505') return answer;
    throw error;
  };
}

export async function rotateSecret(
  db: Database,
  access: Access,
  { channelId, sealedSecret, graceMs, audit }: Rotation,
): Promise<ChannelResult> {
  const given = parameters();
  const rows = await ask(
    db,
    `with changed as (
       update notice_channels c set secret = ${given.add(sealedSecret)},
         previous_secret = c.secret,
         previous_until = clock_timestamp() + ${given.add(graceMs)} * interval '1 millisecond',
         updated_at = clock_timestamp(), version = c.version + 1
       where c.channel_id = ${given.add(channelId)} and c.type = 'webhook'
         and ${reachable(access, given, 'c')}
       returning 1),
     audited as (${auditPart(audit, 'changed', given)})
     select 1 from changed`,
    given.values,
  );
  return rows.length > 0 ? 'done' : 'missing';
}

/** Its routes go with it; deliveries stay, and those that wait will fail. */
export async function removeChannel(
  db: Database,
  access: Access,
  channelId: string,
  audit: AuditEntry,
): Promise<boolean> {
  const given = parameters();
  const rows = await ask(
    db,
    `with removed as (
       delete from notice_channels c
       where c.channel_id = ${given.add(channelId)} and ${reachable(access, given, 'c')}
       returning 1),
     audited as (${auditPart(audit, 'removed', given)})
     select 1 from removed`,
    given.values,
  );
  return rows.length > 0;
}

/** The secrets of the channel `c` that sign now, the newest first. */
export const SECRETS = `array_remove(array[c.secret,
  case when c.previous_until > clock_timestamp() then c.previous_secret end], null)`;

export async function findSendingChannel(
  db: Database,
  owner: string,
  name: string,
): Promise<SendingChannel | undefined> {
  const [row] = await ask<Row & { readonly secrets: Buffer[] }>(
    db,
    `select ${COLUMNS}, ${SECRETS} as secrets from notice_channels c
     where c.owner = $1 and c.name = $2`,
    [owner, name],
  );
  return row && { ...recordOf(row), sealedSecrets: row.secrets };
}

export async function unknownChannels(
  db: Database,
  owner: string,
  names: readonly string[],
): Promise<readonly string[]> {
  const rows = await ask<{ name: string }>(
    db,
    `select distinct t.name from unnest($2::text[]) t(name) where not exists (
       select from notice_channels c where c.owner = $1 and c.name = t.name) order by 1`,
    [owner, names],
  );
  return rows.map(({ name }) => name);
}
