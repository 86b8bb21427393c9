/** Profiles as runs and tasks use them. */
import {
  OrchestrationError,
  type Profile,
  type ProfileAgent,
  type ValidationError,
} from '@tenuto/contract';
import type { Access, DocumentRecord, DocumentStore, ProfileSource } from '@tenuto/engine';
import type { FileProfile, ProfileFiles } from '../profiles/profile-files.ts';
import { readProfile } from '../profiles/profile-form.ts';

export const PROFILE = { kind: 'profile', what: 'profile' } as const;
/** Files have no versions of their own. */
export const FILE_VERSION = 1;

/** A profile with where it was found. */
export interface FoundProfile {
  readonly profile: Profile;
  readonly source: ProfileSource;
  readonly version: number;
  /** Of one that is stored. */
  readonly record?: DocumentRecord;
}

export interface ProfileUse {
  /**
   * One's own profile of that name or id, else the file of that name.
   * @returns undefined when there is none, or it has no such version
   */
  find(access: Access, name: string, version?: number): Promise<FoundProfile | undefined>;
  files: Pick<ProfileFiles, 'list' | 'find'>;
  /**
   * The same profile with its prompt files written into it.
   * @returns what is wrong besides: files that are not there
   */
  withPrompts(
    profile: Profile,
  ): Promise<{ readonly profile: Profile; readonly problems: readonly ValidationError[] }>;
}

export function createProfileUse(parts: {
  readonly documents: Pick<DocumentStore, 'find' | 'version'>;
  readonly files: ProfileFiles;
}): ProfileUse {
  const { documents, files } = parts;
  return {
    files,
    async find(access, name, version) {
      const record = await documents.find(access, PROFILE.kind, name);
      if (record !== undefined) {
        const wanted =
          version === undefined || version === record.version
            ? record
            : await documents.version(access, { ...record, version });
        return wanted && storedProfile(wanted);
      }
      const file = await files.find(name);
      return file === undefined || (version ?? FILE_VERSION) !== FILE_VERSION
        ? undefined
        : fileProfile(file);
    },
    async withPrompts(profile) {
      const problems: ValidationError[] = [];
      const phases = await Promise.all(
        profile.phases.map(async (phase, i) => ({
          ...phase,
          agents: await Promise.all(
            phase.agents.map((agent, n) =>
              withPrompts(files, agent, { path: `/phases/${i}/agents/${n}`, problems }),
            ),
          ),
        })),
      );
      return { profile: { ...profile, phases }, problems };
    },
  };
}

export function storedProfile(record: DocumentRecord): FoundProfile {
  const read = readProfile(record.content);
  if (!('profile' in read))
    throw new Error(`the profile ${record.documentId} is not stored as one`);
  return { profile: read.profile, source: 'stored', version: record.version, record };
}

export function fileProfile({ profile, source }: FileProfile): FoundProfile {
  return { profile, source, version: FILE_VERSION };
}

interface Place {
  readonly path: string;
  readonly problems: ValidationError[];
}

/** The same agent, and its sub-agents, with the texts of their prompt files in them. */
async function withPrompts(
  files: ProfileFiles,
  agent: ProfileAgent,
  { path, problems }: Place,
): Promise<ProfileAgent> {
  const { system_file: file, sub_agents: subs = [], ...rest } = agent;
  const others = await Promise.all(
    subs.map(async ({ system_file: subFile, ...sub }, i) => ({
      ...sub,
      ...(await promptOf(files, subFile, { path: `${path}/sub_agents/${i}`, problems })),
    })),
  );
  return {
    ...rest,
    ...(others.length > 0 && { sub_agents: others }),
    ...(await promptOf(files, file, { path, problems })),
  };
}

async function promptOf(
  files: ProfileFiles,
  file: string | undefined,
  { path, problems }: Place,
): Promise<{ readonly system?: string }> {
  if (file === undefined) return {};
  const system = await files.prompt(file);
  if (system !== undefined) return { system };
  const message = `names no prompt file "${file}" of this server`;
  problems.push({ path: `${path}/system_file`, message, value: file });
  return {};
}

/** @throws OrchestrationError 422 */
export function noProfile(name: string, version: number | undefined): OrchestrationError {
  const which = version === undefined ? '' : ` in version ${version}`;
  const message = `names no profile "${name}"${which}`;
  return new OrchestrationError('unprocessable', `/profile ${message}.`, {
    validationErrors: [{ path: '/profile', message }],
  });
}
