import type { CircuitView } from '@tenuto/contract';
import { When } from '../../ui/time.tsx';
import { CIRCUIT_WORDS as words } from '../../words-circuits.ts';

/** The sign of each state. */
export const CIRCUIT_MARKS = { closed: 'closed', open: 'tripped', half_open: 'half_open' } as const;

/** When an open circuit lets a call through again. */
export function Tried({ circuit }: { readonly circuit: CircuitView }) {
  if (circuit.probing) return <span>{words.probing}</span>;
  if (circuit.state === 'half_open') return <span>{words.due}</span>;
  return circuit.state === 'open' ? <When at={circuit.open_until} /> : null;
}
