/**
 * Checks one installed package on disk and prints what it found as JSON. Started once for each
 * package by the audit job: `node check-package.ts FOLDER NAME VERSION`.
 */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

const [folder = '', name = '', version = ''] = process.argv.slice(2);
const findings: string[] = [];

const manifest: Record<string, unknown> = JSON.parse(
  await readFile(join(folder, 'package.json'), 'utf8'),
);
if (manifest.name !== name) findings.push(`its manifest says it is ${String(manifest.name)}`);
if (manifest.version !== version) {
  findings.push(`the lock file says ${version}, its manifest ${String(manifest.version)}`);
}
const licence = licenceOf(manifest);
if (licence === undefined) findings.push('no licence in its manifest');

let files = 0;
let bytes = 0;
for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile() || entry.parentPath.slice(folder.length).includes('node_modules')) continue;
  files += 1;
  bytes += (await stat(join(entry.parentPath, entry.name))).size;
}

process.stdout.write(
  JSON.stringify({ name, version, licence: licence ?? 'unknown', files, bytes, findings }),
);

function licenceOf({ license, licenses }: Record<string, unknown>): string | undefined {
  if (typeof license === 'string') return license;
  const [first]: unknown[] = Array.isArray(licenses) ? licenses : [license];
  if (typeof first !== 'object' || first === null || !('type' in first)) return undefined;
  return String(first.type);
}
