import type { Dice } from '../dice.ts';

/** Sixteen bytes of chance, written as an id. */
export function uuid(dice: Pick<Dice, 'bytes'>): string {
  const hex = Buffer.from(dice.bytes(16)).toString('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
