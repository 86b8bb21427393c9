import type {
  NewTeam,
  Page,
  PageRequest,
  TeamAccess,
  TeamChange,
  TeamRecord,
  TeamStore,
} from '@tenuto/engine';
import { auditPart } from './audit.ts';
import { ask, type Database, type Parameters, parameters } from './database.ts';
import { freshPart } from './idempotency.ts';
import { pageOf } from './page.ts';
import { uniqueViolation } from './unique-violation.ts';

interface TeamRow {
  readonly team_id: string;
  readonly name: string;
  readonly description: string | null;
  readonly members: string[];
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly updated_by: string;
  readonly version: number;
}

const COLUMNS = `m.team_id, m.name, m.description, m.created_at, m.updated_at, m.updated_by, m.version,
  array(select i.principal from team_members i where i.team_id = m.team_id order by 1) as members`;

export function createTeamStore(db: Database): TeamStore {
  return {
    create: (team) => createTeam(db, team),
    find: (access, teamId) => findTeam(db, access, teamId),
    list: (access, page) => listTeams(db, access, page),
    change: (change) => changeTeam(db, change),
    remove: (removal) => removeTeam(db, removal),
  };
}

async function createTeam(
  db: Database,
  { name, description, members, audit, ...key }: NewTeam,
): Promise<{ readonly teamId: string } | 'taken' | 'duplicate'> {
  const given = parameters();
  const fresh = freshPart({ ...key, owner: key.maker }, { names: 'team' }, given);
  const actor = given.add(audit.actor);
  try {
    const rows = await ask<{ team_id: string }>(
      db,
      `with ${fresh},
       made as (
         insert into teams (team_id, name, description, updated_by)
         select id, ${given.add(name)}, ${given.add(description)}, ${actor} from fresh
         returning team_id),
       joined as (
         insert into team_members (team_id, principal, added_by)
         select team_id, p, ${actor} from made, unnest(${given.add(members)}::text[]) p),
       audited as (${auditPart(audit, 'made', given, 'made.team_id::text')})
       select team_id from made`,
      given.values,
    );
    const [row] = rows;
    return row === undefined ? 'duplicate' : { teamId: row.team_id };
  } catch (error) {
    if (uniqueViolation(error) === 'teams_name') return 'taken';
    throw error;
  }
}

async function findTeam(
  db: Database,
  access: TeamAccess,
  teamId: string,
): Promise<TeamRecord | undefined> {
  const given = parameters();
  const rows = await ask<TeamRow>(
    db,
    `select ${COLUMNS} from teams m
     where m.team_id = ${given.add(teamId)} and ${within(access, given)}`,
    given.values,
  );
  return rows.map(recordOf)[0];
}

function listTeams(
  db: Database,
  access: TeamAccess,
  page: PageRequest<string>,
): Promise<Page<TeamRecord>> {
  const given = parameters();
  return pageOf<TeamRow, TeamRecord>(db, {
    ...{ columns: COLUMNS, from: 'teams m', key: ['m.team_id'], newestFirst: true },
    where: [within(access, given)],
    ...{ after: page.after === undefined ? undefined : [page.after], page, given, item: recordOf },
  });
}

async function changeTeam(
  db: Database,
  {
    teamId,
    version,
    description,
    members,
    audit,
  }: TeamChange & Pick<NewTeam, 'description' | 'members'>,
): Promise<'changed' | 'stale'> {
  const given = parameters();
  const actor = given.add(audit.actor);
  const wanted = `${given.add(members)}::text[]`;
  const rows = await ask(
    db,
    `with changed as (
       update teams m set description = ${given.add(description)}, updated_by = ${actor},
         updated_at = clock_timestamp(), version = m.version + 1
       where m.team_id = ${given.add(teamId)} and m.version = ${given.add(version)}
         and m.deleted_at is null returning m.team_id),
     gone as (
       delete from team_members i using changed c
       where i.team_id = c.team_id and i.principal <> all(${wanted})),
     joined as (
       insert into team_members (team_id, principal, added_by)
       select c.team_id, p, ${actor} from changed c, unnest(${wanted}) p
       on conflict (team_id, principal) do nothing),
     audited as (${auditPart(audit, 'changed', given)})
     select 1 from changed`,
    given.values,
  );
  return rows.length > 0 ? 'changed' : 'stale';
}

/** Nobody is in it any more; what it owns is the administrators' to look after. */
async function removeTeam(
  db: Database,
  { teamId, version, audit }: TeamChange,
): Promise<'changed' | 'stale'> {
  const given = parameters();
  const rows = await ask(
    db,
    `with removed as (
       update teams m set deleted_at = clock_timestamp(), version = m.version + 1
       where m.team_id = ${given.add(teamId)} and m.version = ${given.add(version)}
         and m.deleted_at is null returning m.team_id),
     gone as (delete from team_members i using removed r where i.team_id = r.team_id),
     audited as (${auditPart(audit, 'removed', given)})
     select 1 from removed`,
    given.values,
  );
  return rows.length > 0 ? 'changed' : 'stale';
}

function within(access: TeamAccess, given: Parameters): string {
  if (access.all) return 'm.deleted_at is null';
  return `m.deleted_at is null and m.name = any(${given.add(access.names)}::text[])`;
}

function recordOf(row: TeamRow): TeamRecord {
  return {
    teamId: row.team_id,
    name: row.name,
    description: row.description,
    members: row.members,
    createdAt: row.created_at.getTime(),
    updatedAt: row.updated_at.getTime(),
    updatedBy: row.updated_by,
    version: row.version,
  };
}
