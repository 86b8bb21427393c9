/** Settings of what runs leave: where its bytes lie, how much there may be, how long it is kept. */
import type { SettingsReader } from './settings-reader.ts';

export interface ArtifactSettings {
  /** Unset: in the data folder. */
  readonly s3?: S3Settings;
  readonly fileBytes: number;
  readonly runBytes: number;
  readonly runFiles: number;
  /** Names of folders in workspaces that are not taken up. */
  readonly ignored: readonly string[];
  /** How long artifacts are kept after their run; 0, as long as the run. */
  readonly retentionMs: number;
  /** How long a run's folder stays on this machine after its end; it can be made again. */
  readonly workspaceMs: number;
}

export interface S3Settings {
  readonly bucket: string;
  /** What keys begin with: empty, or with a slash at the end. */
  readonly prefix: string;
  readonly endpoint?: string;
  readonly region: string;
  readonly pathStyle: boolean;
  /** Unset: what the environment of the process gives. */
  readonly keys?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** More than this goes in parts of this size. */
  readonly partBytes: number;
}

const MIB = 1024 * 1024;
const DAY_MS = 24 * 3_600_000;
/** Dependencies, histories and caches: large, made again at will, and nobody's result. */
const IGNORED = [
  ...['node_modules', '.git', '.hg', '.svn', '.venv', 'venv', '__pycache__', '.pytest_cache'],
  ...['.mypy_cache', '.ruff_cache', '.tox', '.cache', '.gradle', '.next', '.turbo', '.terraform'],
];

/** @throws SettingsError that names the first setting that is wrong, and holds no key */
export function readArtifactSettings(reader: SettingsReader): ArtifactSettings {
  const { number } = reader;
  const mib = (name: string, unset: number) =>
    MIB * number(name, { least: 1, most: 1_048_576, unset });
  const days = (name: string, unset: number) =>
    DAY_MS * number(name, { least: 0, most: 36_500, unset });
  const ignored = reader.list('TENUTO_ARTIFACT_IGNORE');
  const s3 = readS3(reader);
  return {
    ...(s3 !== undefined && { s3 }),
    fileBytes: mib('TENUTO_ARTIFACT_FILE_MB', 100),
    runBytes: mib('TENUTO_ARTIFACT_RUN_MB', 2_048),
    runFiles: number('TENUTO_ARTIFACT_FILES', { least: 1, most: 1_000_000, unset: 50_000 }),
    ignored: ignored.length === 0 ? IGNORED : ignored,
    retentionMs: days('TENUTO_ARTIFACT_RETENTION_DAYS', 0),
    workspaceMs: days('TENUTO_ARTIFACT_WORKSPACE_DAYS', 7),
  };
}

function readS3(reader: SettingsReader): S3Settings | undefined {
  const { text, number, refuse } = reader;
  const place = text('TENUTO_BLOBS');
  if (place === undefined || place === 'disk') return undefined;
  const [, bucket = '', folder = ''] =
    /^s3:\/\/([a-z0-9][a-z0-9.-]{1,62})(\/.*)?$/.exec(place) ?? [];
  if (bucket === '') return refuse('TENUTO_BLOBS', 'must be `disk` or like s3://bucket/prefix');
  const prefix = folder.replace(/^\/+|\/+$/g, '');
  if (!/^[A-Za-z0-9!_.*'()/-]*$/.test(prefix) || /(^|\/)\.{0,2}\//.test(prefix)) {
    return refuse('TENUTO_BLOBS', "must have a prefix of letters, digits and /!_.*'()-");
  }
  const endpoint = text('TENUTO_S3_ENDPOINT');
  if (endpoint !== undefined && !/^https?:$/.test(URL.parse(endpoint)?.protocol ?? '')) {
    return refuse('TENUTO_S3_ENDPOINT', 'must be an https or http address');
  }
  const keys = readKeys(reader);
  return {
    bucket,
    prefix: prefix === '' ? '' : `${prefix}/`,
    ...(endpoint !== undefined && { endpoint }),
    region: text('TENUTO_S3_REGION') ?? 'us-east-1',
    pathStyle: reader.flag('TENUTO_S3_PATH_STYLE', endpoint !== undefined),
    ...(keys !== undefined && { keys }),
    partBytes: MIB * number('TENUTO_S3_PART_MB', { least: 5, most: 1_024, unset: 8 }),
  };
}

function readKeys({ text, refuse }: SettingsReader): S3Settings['keys'] {
  const accessKeyId = text('TENUTO_S3_ACCESS_KEY_ID');
  const secretAccessKey = text('TENUTO_S3_SECRET_ACCESS_KEY');
  if (accessKeyId === undefined && secretAccessKey === undefined) return undefined;
  if (accessKeyId !== undefined && secretAccessKey !== undefined) {
    return { accessKeyId, secretAccessKey };
  }
  return refuse('TENUTO_S3_ACCESS_KEY_ID', 'goes with TENUTO_S3_SECRET_ACCESS_KEY: set both');
}
