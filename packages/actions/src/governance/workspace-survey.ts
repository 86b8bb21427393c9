/** One look through the files of a workspace, for everything that a check wants to know of them. */
import { type Gate, type HygieneReport, matchesGlob } from '@tenuto/contract';
import {
  createHygieneSurvey,
  findSecrets,
  type GateEvidence,
  HYGIENE_LIMITS,
  isBinaryName,
  isForeign,
  patternFinder,
  textOf,
  type Workspace,
  WorkspaceError,
  type WorkspaceFile,
} from '@tenuto/engine';
import { CHECK_LIMITS } from './check-limits.ts';

type PatternGate = Extract<Gate, { type: 'artifact_pattern' }>;
type SecretGate = Extract<Gate, { type: 'no_secrets' }>;

export interface WorkspaceSurvey {
  readonly files: readonly WorkspaceFile[];
  readonly hygiene: HygieneReport;
  readonly patterns: ReadonlyMap<string, GateEvidence['artifact_pattern']>;
  readonly secrets: ReadonlyMap<string, GateEvidence['no_secrets']>;
}

interface SurveyWish {
  readonly workspace: Pick<Workspace, 'list' | 'read'>;
  readonly gates: readonly Gate[];
  readonly isWanted: (path: string) => boolean;
  /** Called before each file; throws to stop. */
  readonly onFile: () => void;
}

/** @throws WorkspaceError when the workspace as a whole cannot be read */
export async function surveyWorkspace(wish: SurveyWish): Promise<WorkspaceSurvey> {
  const { workspace, gates, isWanted, onFile } = wish;
  const listed = await workspace.list();
  const files = listed.filter(({ path }) => !isForeign(path));
  const survey = createHygieneSurvey({ isWanted });
  const patterns = gates.flatMap((g) => (g.type === 'artifact_pattern' ? [patternLooker(g)] : []));
  const secrets = gates.flatMap((g) => (g.type === 'no_secrets' ? [secretLooker(g)] : []));
  let budget: number = CHECK_LIMITS.bytes;
  for (const [index, file] of files.entries()) {
    onFile();
    const mayRead = index < CHECK_LIMITS.files && file.sizeBytes <= budget;
    const bytes = mayRead ? await readable(workspace, file) : undefined;
    budget -= bytes?.byteLength ?? 0;
    const text = bytes && textOf(bytes);
    survey.add({ ...file, ...(text !== undefined && { text }) });
    const isBinary = bytes === undefined ? isBinaryName(file.path) : text === undefined;
    for (const looker of [...patterns, ...secrets]) looker.look(file.path, { text, isBinary });
  }
  return {
    files,
    hygiene: survey.report(),
    patterns: new Map(patterns.map((one) => [one.id, one])),
    secrets: new Map(secrets.map((one) => [one.id, one])),
  };
}

async function readable(
  workspace: Pick<Workspace, 'read'>,
  { path, sizeBytes }: WorkspaceFile,
): Promise<Uint8Array | undefined> {
  if (sizeBytes > HYGIENE_LIMITS.textBytes || isBinaryName(path)) return undefined;
  try {
    return await workspace.read(path, { maxBytes: HYGIENE_LIMITS.textBytes });
  } catch (error) {
    // It has gone, grown or become something else since it was listed.
    if (error instanceof WorkspaceError && error.kind !== 'unavailable') return undefined;
    throw error;
  }
}

interface Look {
  readonly text: string | undefined;
  readonly isBinary: boolean;
}

function patternLooker({ id, path: glob, pattern }: PatternGate) {
  const matches = (path: string) => matchesGlob(glob, path);
  const find = patternFinder(pattern);
  const files: GateEvidence['artifact_pattern']['files'][number][] = [];
  const inside = (text: string) =>
    text.length > CHECK_LIMITS.patternBytes
      ? { problem: `it has more than ${CHECK_LIMITS.patternBytes} characters` }
      : find(text);
  return {
    ...{ id, files },
    look(path: string, { text, isBinary }: Look): void {
      if (!matches(path)) return;
      const unread = { problem: isBinary ? 'it is no text' : 'it is too large to look into' };
      files.push({ path, ...(text === undefined ? unread : inside(text)) });
    },
  };
}

function secretLooker({ id, path: glob = '**' }: SecretGate) {
  const matches = (path: string) => matchesGlob(glob, path);
  const findings: string[] = [];
  const unread: string[] = [];
  const found = {
    ...{ id, findings, unread, looked: 0 },
    look(path: string, { text, isBinary }: Look): void {
      if (!matches(path)) return;
      if (text === undefined) {
        if (!isBinary) unread.push(path);
        return;
      }
      found.looked += 1;
      for (const { line, name, masked } of findSecrets(text, path)) {
        findings.push(`${path}:${line} ${name} ${masked}`);
      }
    },
  };
  return found;
}
