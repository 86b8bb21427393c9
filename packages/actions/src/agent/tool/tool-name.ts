import { createHash } from 'node:crypto';

const NAME_CHARS = 64;
const HASH_CHARS = 8;

/** A tool's name as providers take it: `workspace.read` is `workspace_read`. */
export function wireName(name: string): string {
  const plain = name.replaceAll(/[^A-Za-z0-9_-]/g, '_');
  if (plain.length <= NAME_CHARS && !/[^A-Za-z0-9_.-]/.test(name)) return plain;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, HASH_CHARS);
  return `${plain.slice(0, NAME_CHARS - HASH_CHARS - 1)}_${hash}`;
}
