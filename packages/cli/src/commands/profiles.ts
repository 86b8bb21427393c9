import { basename, extname } from 'node:path';
import type { ProfileSummary, ProfileVerdict, ProfileView } from '@tenuto/contract';
import { readObjectFile } from '../document/object-file.ts';
import { FileError } from '../document/source-text.ts';
import { EXIT } from '../exit-code.ts';
import { tableLines } from '../terminal/table.ts';
import { printable, truncate } from '../terminal/text.ts';
import type { Command, Session } from './command.ts';
import { readSource } from './job-input.ts';
import { facts, PAGE, readCount, showList } from './listing.ts';

/** `tenuto profiles list`: files of the server first, then one's own, newest first. */
export const listProfiles: Command<[options: { readonly limit: string }]> = async (
  session,
  { limit: written },
) => {
  const limit = readCount(written);
  const listing = session.client().profiles.list({ limit: Math.min(limit, PAGE) });
  return showList(session, { listing, limit }, profileLines);
};

function profileLines(profiles: readonly ProfileSummary[]): readonly string[] {
  return tableLines(
    ['NAME', 'FROM', 'VERSION', 'PHASES', 'ABOUT'],
    profiles.map(({ name, source, version, phases, title, description }) => [
      printable(name),
      source,
      String(version),
      String(phases.length),
      truncate(printable(title ?? description ?? ''), 50),
    ]),
  );
}

export interface ShowProfileOptions {
  readonly versions?: boolean;
  /** As it was written. */
  readonly at?: string;
}

/** `tenuto profiles show NAME`. */
export const showProfile: Command<[name: string, options: ShowProfileOptions]> = async (
  session,
  name,
  { versions = false, at },
) => {
  const { profiles } = session.client();
  if (versions) {
    const listing = profiles.versions(name, { limit: PAGE });
    return showList(session, { listing, limit: Number.POSITIVE_INFINITY }, profileLines);
  }
  const profile = await profiles.get(name, at === undefined ? {} : { version: readCount(at) });
  session.output.result(profile, () => [
    `${printable(profile.name)}, version ${profile.version}`,
    ...facts([
      ['title', profile.title ?? ''],
      ['about', profile.description ?? ''],
      ['from', profile.source],
      ['owner', profile.owner ?? ''],
      ['changed', profile.updated_at ?? ''],
    ]),
    '',
    ...phaseTable(profile),
  ]);
  return EXIT.ok;
};

function phaseTable({ profile }: ProfileView): readonly string[] {
  return tableLines(
    ['PHASE', 'NEEDS', 'AGENTS', 'ARTIFACTS', 'GATES'],
    profile.phases.map(({ id, needs, agents, artifacts = [], gates = [] }) => [
      printable(id),
      printable((needs ?? []).join(', ')),
      printable(agents.map((agent) => agent.id).join(', ')),
      String(artifacts.length),
      printable(gates.map((gate) => gate.id).join(', ')),
    ]),
  );
}

/** `tenuto profiles validate FILE|NAME`: all that is wrong with it, at its lines in a file. */
export const validateProfile: Command<
  [what: string, options: { readonly plan?: boolean }]
> = async (session, what, { plan = false }) => {
  const { profiles } = session.client();
  if (!isFile(what)) return tell(session, what, await profiles.validate(what, { plan }));
  const file = await profileFile(session, what, undefined);
  const verdict = await profiles.check(file.body, { plan });
  if (!verdict.valid && !session.output.isJson) {
    const shown = verdict.problems.map((one) => file.findingOf(one));
    throw new FileError(file.source, shown);
  }
  return tell(session, what, verdict);
};

function isFile(what: string): boolean {
  return what === '-' || /[/\\]|\.(ya?ml|json)$/i.test(what);
}

function tell({ output }: Session, what: string, verdict: ProfileVerdict) {
  output.result(verdict, () =>
    verdict.valid
      ? [
          `${printable(what)} is sound: ${verdict.phases.length} phases, ${verdict.node_count} nodes.`,
          ...verdict.phases.map(({ phase, needs, auto_advance: goesOn, agent_ids: agents }) =>
            printable(
              `  ${phase}${needs.length > 0 ? ` behind ${needs.join(', ')}` : ''}: ${agents.join(', ')}${goesOn ? ' (by itself)' : ''}`,
            ),
          ),
          ...planLines(verdict),
        ]
      : verdict.problems.map(({ path, message }) => printable(`${path}: ${message}`)),
  );
  return verdict.valid ? EXIT.ok : EXIT.usage;
}

function planLines({ plan }: ProfileVerdict): readonly string[] {
  if (plan === undefined) return [];
  const longest = new Set(plan.critical_path);
  const rows = plan.nodes
    .toSorted((a, b) => a.level - b.level)
    .map(({ level, node_id: id, uses, parent_nodes: parents }) => [
      ...[String(level + 1), `${longest.has(id) ? '* ' : '  '}${printable(id)}`],
      ...[uses ?? 'checkpoint', printable(parents.join(', '))],
    ]);
  return ['', ...tableLines(['LEVEL', '* LONGEST WAY', 'USES', 'BEHIND'], rows)];
}

async function profileFile(session: Session, path: string, name: string | undefined) {
  const source = await readSource(session, path);
  const file = readObjectFile(source, 'A profile is an object with "phases".');
  const usual = basename(source.name, extname(source.name)).replaceAll(/[^A-Za-z0-9_-]+/g, '_');
  const named = name ?? file.body.name ?? (usual || 'profile');
  return { ...file, body: { ...file.body, name: named } };
}

/** `tenuto profiles create FILE`: makes a profile of one's own. */
export const createProfile: Command<[path: string, options: { readonly name?: string }]> = async (
  session,
  path,
  { name },
) => {
  const file = await profileFile(session, path, name);
  session.about(file);
  return told(session, await session.client().profiles.create(file.body));
};

/** `tenuto profiles update FILE`: a new version of a profile. */
export const updateProfile: Command<[path: string, options: { readonly name?: string }]> = async (
  session,
  path,
  { name },
) => {
  const file = await profileFile(session, path, name);
  session.about(file);
  const { profiles } = session.client();
  return told(session, await profiles.replace(String(file.body.name), file.body));
};

function told({ output }: Session, profile: ProfileView) {
  output.result(profile, () => [
    `${printable(profile.name)} is at version ${profile.version}.`,
    `Run it: tenuto run start '${printable(profile.name)}'`,
  ]);
  return EXIT.ok;
}

/** `tenuto profiles delete NAME`. */
export const deleteProfile: Command<[name: string]> = async ({ output, client }, name) => {
  const profile = await client().profiles.remove(name);
  output.result(profile, () => [`Deleted ${printable(profile.name)}, version ${profile.version}.`]);
  return EXIT.ok;
};
