import type { Random } from '@tenuto/engine';

/** A random UUID (version 4). */
export function randomId(random: Pick<Random, 'bytes'>): string {
  const bytes = Buffer.from(random.bytes(16));
  bytes[6] = 0x40 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
