import type { Team } from '@tenuto/contract';
import type { Client } from '@tenuto/sdk';
import { EXIT } from '../exit-code.ts';
import { MissingError } from '../failure.ts';
import { tableLines } from '../terminal/table.ts';
import { printable, truncate } from '../terminal/text.ts';
import type { Command } from './command.ts';
import { facts, PAGE, readCount, showList } from './listing.ts';

/** `tenuto teams ls`: newest first. */
export const listTeams: Command<[options: { readonly limit: string }]> = async (
  session,
  { limit: written },
) => {
  const limit = readCount(written);
  const listing = session.client().teams.list({ limit: Math.min(limit, PAGE) });
  return showList(session, { listing, limit }, (teams) =>
    tableLines(
      ['TEAM', 'NAME', 'OWNS AS', 'MEMBERS', 'ABOUT'],
      teams.map((team) => [
        team.team_id,
        truncate(printable(team.name), 30),
        truncate(printable(team.principal), 40),
        String(team.members.length),
        truncate(printable(team.description ?? ''), 40),
      ]),
    ),
  );
};

/** `tenuto teams show TEAM`: with all of its members. */
export const showTeam: Command<[team: string]> = async ({ output, client }, named) => {
  const team = await find(client(), named);
  output.result(team, () => teamLines(team));
  return EXIT.ok;
};

export interface CreateTeamOptions {
  readonly member?: readonly string[];
  readonly description?: string;
}

/** `tenuto teams create NAME`. */
export const createTeam: Command<[name: string, options: CreateTeamOptions]> = async (
  { output, client },
  name,
  { member = [], description },
) => {
  const team = await client().teams.create({
    ...{ name, members: [...member] },
    ...(description !== undefined && { description }),
  });
  output.result(team, () => teamLines(team));
  return EXIT.ok;
};

/** `tenuto teams add|drop TEAM MEMBER...`: what else it is stays. */
export const changeMembers: Command<
  [team: string, members: readonly string[], verb: 'add' | 'drop']
> = async ({ output, client }, named, members, verb) => {
  const {
    team_id: teamId,
    version,
    name,
    description,
    members: present,
  } = await find(client(), named);
  const others = present.filter((member) => !members.includes(member));
  const body = { name, description, members: verb === 'add' ? [...others, ...members] : others };
  const team = await client().teams.replace(teamId, body, { version });
  output.result(team, () => teamLines(team));
  return EXIT.ok;
};

/** `tenuto teams rm TEAM`. */
export const removeTeam: Command<[team: string]> = async ({ output, client }, named) => {
  const { team_id: teamId } = await find(client(), named);
  const team = await client().teams.remove(teamId);
  output.result(team, () => [`Deleted ${printable(team.name)}.`]);
  return EXIT.ok;
};

function teamLines(team: Team): readonly string[] {
  return [
    printable(team.name),
    ...facts([
      ['id', team.team_id],
      ['owns as', team.principal],
      ['about', team.description ?? ''],
      ['members', team.members.join(' ') || 'none yet'],
      ['changed', `${team.updated_at} by ${team.updated_by}`],
    ]),
  ];
}

/** A team by its id or its name. */
async function find(client: Client, named: string): Promise<Team> {
  for await (const team of client.teams.list({ limit: PAGE })) {
    if (team.team_id === named || team.name.toLowerCase() === named.toLowerCase()) return team;
  }
  throw new MissingError(`There is no team "${printable(named)}", or you are not in it.`);
}
