import type { TestEntry } from '@tenuto/contract';
import { writeText } from './document.ts';

/** An entry of the catalogue as people write it: without what the server has put beside it. */
export function writtenEntry(entry: TestEntry): string {
  const { created_by: _by, created_at: _at, updated_at: _then, version: _version, ...said } = entry;
  return writeText(Object.fromEntries(Object.entries(said).filter(([, value]) => isSaid(value))));
}

function isSaid(value: unknown): boolean {
  if (value === null || value === 'all') return false;
  return typeof value !== 'object' || Object.keys(value).length > 0;
}
