/** Profiles that are files: those shipped with the server, and those of the operator's folders. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { Profile } from '@tenuto/contract';
import type { Clock, EngineLog, ProfileSource } from '@tenuto/engine';
import { readProfile } from './profile-form.ts';
import { YamlFault, yamlData } from './yaml-data.ts';

/** Where the profiles are that come with the server. */
export const SHIPPED_PROFILES = join(import.meta.dirname, '../../profiles');
/** The folder of prompts beside profiles. */
const PROMPTS = 'prompts';
const PROMPT_BYTES = 100_000;
/** No more than this many times are folders looked at. */
const LOOK_MS = 1_000;
const PROMPT_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

export interface ProfileFolder {
  readonly path: string;
  readonly source: Exclude<ProfileSource, 'stored'>;
}

export interface FileProfile {
  readonly profile: Profile;
  readonly source: ProfileFolder['source'];
}

export interface ProfileFiles {
  /** By name. */
  list(): Promise<readonly FileProfile[]>;
  find(name: string): Promise<FileProfile | undefined>;
  /** The text of a prompt file; undefined when no folder has one of that name. */
  prompt(name: string): Promise<string | undefined>;
}

interface ProfileFilesParts {
  /** A profile of an earlier folder goes before one of the same name in a later one. */
  readonly folders: readonly ProfileFolder[];
  readonly clock: Pick<Clock, 'mono'>;
  readonly log: Pick<EngineLog, 'warn'>;
}

interface Contents {
  readonly mark: string;
  readonly profiles: ReadonlyMap<string, FileProfile>;
}

/** Reads the folders when they are asked for, and again when something in them has changed. */
export function createProfileFiles({ folders, clock, log }: ProfileFilesParts): ProfileFiles {
  let known: Promise<Contents> | undefined;
  let until = Number.NEGATIVE_INFINITY;

  async function look(before: Promise<Contents> | undefined): Promise<Contents> {
    const found = (await Promise.all(folders.map(filesOf))).flat();
    const mark = found.map((file) => `${file.path} ${file.changed}`).join('\n');
    const last = await before?.catch(() => undefined);
    if (last?.mark === mark) return last;
    const profiles = new Map<string, FileProfile>();
    for (const file of found) {
      const profile = await readFileProfile(file, log);
      if (profile === undefined || profiles.has(profile.profile.name)) continue;
      profiles.set(profile.profile.name, profile);
    }
    return { mark, profiles };
  }

  function contents(): Promise<Contents> {
    if (known === undefined || clock.mono() >= until) {
      until = clock.mono() + LOOK_MS;
      known = look(known);
    }
    return known;
  }

  return {
    async list() {
      const { profiles } = await contents();
      return [...profiles.values()].sort((a, b) => (a.profile.name < b.profile.name ? -1 : 1));
    },
    find: async (name) => (await contents()).profiles.get(name),
    async prompt(name) {
      if (!PROMPT_NAME.test(name)) return undefined;
      for (const { path } of folders) {
        const text = await promptAt(join(path, PROMPTS, name));
        if (text !== undefined) return text;
      }
      return undefined;
    },
  };
}

interface Found extends ProfileFolder {
  readonly changed: number;
}

async function filesOf({ path: folder, source }: ProfileFolder): Promise<Found[]> {
  const names = await readdir(folder).catch(() => []);
  const yaml = names.filter((name) => ['.yaml', '.yml'].includes(extname(name))).sort();
  const files = await Promise.all(
    yaml.map(async (name) => {
      const path = join(folder, name);
      const about = await stat(path).catch(() => undefined);
      return about?.isFile() ? [{ path, source, changed: about.mtimeMs }] : [];
    }),
  );
  return files.flat();
}

/** One that cannot be read is told of and left out. */
async function readFileProfile(
  { path, source }: Found,
  log: ProfileFilesParts['log'],
): Promise<FileProfile | undefined> {
  try {
    const read = readProfile(yamlData(await readFile(path, 'utf8')));
    if ('profile' in read && read.problems.length === 0) return { profile: read.profile, source };
    log.warn({ path, problems: read.problems }, 'a profile is left out: it has problems');
  } catch (error) {
    if (!(error instanceof YamlFault) && !isGone(error)) throw error;
    log.warn({ path, error: String(error) }, 'a profile is left out: it cannot be read');
  }
  return undefined;
}

function isGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error;
}

async function promptAt(path: string): Promise<string | undefined> {
  const about = await stat(path).catch(() => undefined);
  if (!about?.isFile() || about.size > PROMPT_BYTES) return undefined;
  return readFile(path, 'utf8');
}
