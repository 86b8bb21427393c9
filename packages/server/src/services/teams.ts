import {
  formatTime,
  type List,
  OrchestrationError,
  type Team,
  type WriteTeam,
} from '@tenuto/contract';
import type { TeamAccess, TeamRecord, TeamStore } from '@tenuto/engine';
import { authorize, type Caller, isAdmin, teamOwner } from '../auth/principal.ts';
import type { Keys } from './agents.ts';
import { makeOnce, readIdempotency } from './idempotency.ts';
import { auditOf, refuseStale, stale } from './job-state.ts';
import { listOf, type Paging, pageRequest, runKey } from './paging.ts';

export interface TeamParts {
  readonly teams: TeamStore;
}

const WHAT = 'teams';

/** Members see their teams, administrators all. */
function accessOf({ principal }: Caller): TeamAccess {
  authorize(principal, 'agents:read', WHAT);
  return { names: principal.teams, all: isAdmin(principal) };
}

/**
 * Makes a team. The same key with the same body answers with what the first request made.
 * @throws OrchestrationError 403 for who is no administrator, 409 for a name that is or was taken, 422
 *   for a key used with another body
 */
export async function createTeam(
  { teams, jobs }: TeamParts & Keys,
  caller: Caller,
  { body, key }: { readonly body: WriteTeam; readonly key: string | undefined },
): Promise<Team> {
  const { owner: maker } = authorize(caller.principal, 'admin', WHAT);
  const { name, description = null, members = [] } = body;
  const teamId = await makeOnce(
    { jobs },
    { owner: maker, idempotency: readIdempotency(key, ['team', body]), what: 'team' },
    {
      find: async (id) => (await teams.find(accessOf(caller), id))?.teamId,
      async make(keyed) {
        const audit = auditOf(caller, 'team.created', '', { name, members });
        const made = await teams.create({ name, description, members, maker, audit, ...keyed });
        if (made === 'taken') throw nameTaken(name);
        return made === 'duplicate' ? made : made.teamId;
      },
    },
  );
  return teamView(await findTeam({ teams }, accessOf(caller), teamId));
}

function nameTaken(name: string): OrchestrationError {
  const detail = `There is, or was, a team "${name}"; names are not given out twice.`;
  return new OrchestrationError('conflict', detail);
}

/** @throws OrchestrationError 404 */
export async function getTeam(parts: TeamParts, caller: Caller, teamId: string): Promise<Team> {
  return teamView(await findTeam(parts, accessOf(caller), teamId));
}

/** Newest first. */
export async function listTeams(
  { teams }: TeamParts,
  caller: Caller,
  paging: Paging,
): Promise<List<Team>> {
  const request = pageRequest(paging, runKey);
  const page = await teams.list(accessOf(caller), request);
  return listOf(page, request, { codec: runKey, key: (team) => team.teamId, item: teamView });
}

interface Change {
  readonly teamId: string;
  readonly ifMatch: string | undefined;
}

/**
 * Exchanges who is in a team; it is felt within five seconds.
 * @throws OrchestrationError 403 for who is no administrator, 404, 412, 422 for another name
 */
export async function replaceTeam(
  parts: TeamParts,
  caller: Caller,
  { teamId, ifMatch, body }: Change & { readonly body: WriteTeam },
): Promise<Team> {
  authorize(caller.principal, 'admin', WHAT);
  const access = accessOf(caller);
  const present = await findTeam(parts, access, teamId);
  refuseStale(present, ifMatch);
  if (body.name !== present.name) {
    const detail = `A team keeps its name: what "${present.name}" has is owned by it.`;
    throw new OrchestrationError('unprocessable', detail);
  }
  const { description = null, members = [] } = body;
  const { name, version } = present;
  const details = { name, members, version: version + 1 };
  const audit = auditOf(caller, 'team.updated', present.teamId, details);
  const change = { teamId: present.teamId, version, description, members, audit };
  const changed = await parts.teams.change(change);
  const now = await findTeam(parts, access, teamId);
  if (changed === 'stale') throw stale(now);
  return teamView(now);
}

/**
 * Deletes a team. What it owns stays, and administrators see to it.
 * @returns the team as it was
 * @throws OrchestrationError 403 for who is no administrator, 404, 412
 */
export async function deleteTeam(
  parts: TeamParts,
  caller: Caller,
  { teamId, ifMatch }: Change,
): Promise<Team> {
  authorize(caller.principal, 'admin', WHAT);
  const access = accessOf(caller);
  const present = await findTeam(parts, access, teamId);
  refuseStale(present, ifMatch);
  const { name, version } = present;
  const audit = auditOf(caller, 'team.deleted', present.teamId, { name, version });
  const removed = await parts.teams.remove({ teamId: present.teamId, version, audit });
  if (removed === 'stale') throw stale(await findTeam(parts, access, teamId));
  return teamView(present);
}

async function findTeam(
  { teams }: TeamParts,
  access: TeamAccess,
  teamId: string,
): Promise<TeamRecord> {
  const found = await teams.find(access, teamId.toLowerCase());
  if (found === undefined) throw new OrchestrationError('not_found', `There is no team ${teamId}.`);
  return found;
}

function teamView(team: TeamRecord): Team {
  return {
    team_id: team.teamId,
    name: team.name,
    description: team.description,
    members: [...team.members],
    principal: teamOwner(team.name),
    created_at: formatTime(team.createdAt),
    updated_at: formatTime(team.updatedAt),
    updated_by: team.updatedBy,
    version: team.version,
  };
}
