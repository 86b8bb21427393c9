/** What a file is, by its path alone: nothing is guessed from its bytes. */
import { type ArtifactType, phaseOfPath } from '@tenuto/contract';

export interface ArtifactKind {
  readonly type: ArtifactType;
  readonly mediaType: string;
  readonly phase: string | undefined;
}

export function artifactKindOf(path: string): ArtifactKind {
  const parts = path.toLowerCase().split('/');
  const name = parts.at(-1) ?? '';
  const dot = name.lastIndexOf('.');
  const extension = dot > 0 ? name.slice(dot + 1) : '';
  const [mediaType = OCTETS, byExtension = 'other'] =
    EXTENSIONS.get(extension) ?? WHOLE[name] ?? [];
  const named = NAMED.find(([pattern]) => pattern.test(name))?.[1];
  const placed = parts.slice(0, -1).some((part) => TEST_FOLDERS.has(part)) ? 'test' : undefined;
  const isText = byExtension === 'doc' || byExtension === 'other';
  const type =
    named === 'prd' || named === 'architecture'
      ? isText
        ? named
        : byExtension
      : (named ?? (byExtension === 'code' || byExtension === 'data' ? placed : undefined));
  return { type: type ?? byExtension, mediaType, phase: phaseOfPath(path) };
}

const OCTETS = 'application/octet-stream';
const TEST_FOLDERS: ReadonlySet<string> = new Set(['test', 'tests', '__tests__', 'spec', 'specs']);

/** The first pattern that fits the name wins over its extension. */
const NAMED: readonly (readonly [RegExp, ArtifactType])[] = [
  [
    /^(prd|product[-_ ]requirements?|requirements)([-_ .].*)?\.(md|markdown|txt|rst|adoc|html?|pdf|docx?)$/,
    'prd',
  ],
  [
    /^(architecture|arch|adr|design|system[-_ ]design)([-_ .0-9].*)?\.(md|markdown|txt|rst|adoc|html?|pdf|puml|mmd|svg|png)$/,
    'architecture',
  ],
  [
    /[._-](test|spec)\.[a-z0-9]+$|^test_.*\.py$|_test\.(go|py|rb|exs)$|tests?\.(java|cs|kt|swift)$/,
    'test',
  ],
  [
    /^(junit|test-results?|coverage|lcov|report)([-_.].*)?\.(xml|json|info|html?|md|txt|pdf)$/,
    'report',
  ],
  [/[-_]report\.(md|html?|json|xml|pdf|txt)$/, 'report'],
];

type Known = readonly [mediaType: string, type: ArtifactType];

const WHOLE: Readonly<Record<string, Known>> = Object.assign(Object.create(null), {
  dockerfile: ['text/plain', 'code'],
  makefile: ['text/plain', 'code'],
  readme: ['text/plain', 'doc'],
  license: ['text/plain', 'doc'],
});

function each(type: ArtifactType, rows: Readonly<Record<string, string>>): [string, Known][] {
  return Object.entries(rows).flatMap(([mediaType, extensions]) =>
    extensions.split(' ').map((extension): [string, Known] => [extension, [mediaType, type]]),
  );
}

const EXTENSIONS: ReadonlyMap<string, Known> = new Map([
  ...each('doc', {
    'text/markdown': 'md markdown',
    'text/plain': 'txt rst adoc',
    'text/html': 'html htm',
    'application/pdf': 'pdf',
    'application/msword': 'doc',
    'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'docx',
    'application/vnd.openxmlformats-officedocument.presentationml.presentation': 'pptx',
    'application/rtf': 'rtf',
  }),
  ...each('data', {
    'text/csv': 'csv',
    'text/tab-separated-values': 'tsv',
    'application/json': 'json geojson ipynb',
    'application/x-ndjson': 'ndjson jsonl',
    'application/xml': 'xml',
    'application/yaml': 'yaml yml',
    'application/toml': 'toml',
    'application/vnd.apache.parquet': 'parquet',
    'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'xlsx',
    'application/x-sqlite3': 'sqlite db',
    'application/octet-stream': 'arrow avro npy npz pkl onnx pt h5',
  }),
  ...each('code', {
    'text/javascript': 'js mjs cjs jsx',
    'text/css': 'css scss less',
    'text/x-python': 'py',
    'application/sql': 'sql',
    'application/x-sh': 'sh bash',
    'text/plain':
      'ts tsx mts cts go rs java kt swift c h cc cpp hpp cs rb php pl r scala ex exs erl hs lua vue svelte tf proto graphql gradle ps1 bat env',
  }),
  ...each('log', { 'text/plain': 'log out err' }),
  ...each('report', { 'text/plain': 'lcov info' }),
  ...each('other', {
    'image/png': 'png',
    'image/jpeg': 'jpg jpeg',
    'image/gif': 'gif',
    'image/webp': 'webp',
    'image/svg+xml': 'svg',
    'application/zip': 'zip',
    'application/gzip': 'gz tgz',
    'application/x-tar': 'tar',
    'audio/mpeg': 'mp3',
    'video/mp4': 'mp4',
  }),
]);
