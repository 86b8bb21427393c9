import { createHash } from 'node:crypto';
import type { Question } from './turn.ts';

/** SHA-256 in hex of a value, whatever the order of its fields. */
export function hashOf(value: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(sorted(value)))
    .digest('hex');
}

/**
 * Which question it is. Whoever answers it, and however tools are described today, an answer that was
 * paid for is the answer.
 */
export function questionHash({ tools, ...question }: Question): string {
  return hashOf({ ...question, tools: tools.map(({ name }) => name) });
}

/** Bytes of all that a model is given to read. */
export function bytesOf({ system, turns, tools, schema }: Question): number {
  return Buffer.byteLength(JSON.stringify([system, turns, tools, schema ?? null]));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  return entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([k, v]) => [k, sorted(v)]);
}
