import type { TestEntry } from '@tenuto/contract';

const PARAM = /\bparams\.([A-Za-z_]\w*)/g;

/** The parameters that an entry of the catalogue names in its templates, empty, to be filled in. */
export function paramsOfEntry(
  entry: Pick<TestEntry, 'command' | 'folder' | 'env' | 'report'> | undefined,
): Readonly<Record<string, string>> {
  if (entry === undefined) return {};
  const { command, folder, env, report } = entry;
  const texts = [...(command ?? []), folder ?? '', ...Object.values(env), ...report];
  const names = texts
    .filter((text) => text.includes('${'))
    .flatMap((text) => [...text.matchAll(PARAM)].map(([, name]) => name ?? ''));
  return Object.fromEntries([...new Set(names)].map((name) => [name, '']));
}
