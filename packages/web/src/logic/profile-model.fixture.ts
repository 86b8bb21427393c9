import type { JsonObject } from '@tenuto/contract';
import { GATE_TYPES } from '@tenuto/contract';
import fc from 'fast-check';
import { valueAt } from './json-place.ts';
import { listAt } from './profile-model.ts';
import type { Edit } from './profile-model-edits.ts';

/** Edits as somebody makes them who hits anything, by numbers that are read for the present document. */
export interface Stroke {
  readonly what: number;
  readonly phase: number;
  readonly part: number;
  readonly other: number;
  readonly text: string;
}

export const strokes: fc.Arbitrary<Stroke[]> = fc.array(
  fc.record({
    what: fc.nat(30),
    phase: fc.nat(5),
    part: fc.nat(4),
    other: fc.nat(5),
    text: fc.oneof(
      fc.constantFrom('planning', 'qa', 'phase', 'agent', 'agent_2', 'gates', 'approve', ''),
      fc.string({ maxLength: 12 }),
    ),
  }),
  { maxLength: 25 },
);

/** What a stroke does to a document. */
export function editOf(doc: JsonObject, { what, phase, part, other, text }: Stroke): Edit {
  const phases = Math.max(1, listAt(doc, 'phases').length);
  const at = `/phases/${phase % phases}`;
  const list = part % 2 === 0 ? 'agents' : 'gates';
  const parts = Math.max(1, listAt(valueAt(doc, at), list).length);
  const inner = `${at}/${list}/${part % parts}`;
  const place = what % 2 === 0 ? at : inner;
  const type = GATE_TYPES[part % GATE_TYPES.length] ?? 'no_secrets';
  const link =
    what % 2 === 0
      ? { from: at, to: `/phases/${other % phases}` }
      : { from: `${at}/agents/${part % parts}`, to: `${at}/agents/${other % parts}` };
  const kinds: readonly (() => Edit)[] = [
    () => ({ do: 'add-phase', after: what > 15 ? at : undefined }),
    () => ({ do: 'add-agent', phase: at }),
    () => ({ do: 'add-gate', phase: at, type }),
    () => ({ do: 'duplicate', place }),
    () => ({ do: 'remove', place }),
    () => ({ do: 'move', place, by: other % 2 === 0 ? 1 : -1 }),
    () => ({ do: 'connect', ...link }),
    () => ({ do: 'disconnect', ...link }),
    () => ({ do: 'rename', place, id: text }),
    () => ({ do: 'put', place: `${place}/id`, value: text }),
    () => ({ do: 'put', place: `${place}/description`, value: text === '' ? undefined : text }),
    () => ({ do: 'put', place: `${at}/approval`, value: other % 2 === 0 ? {} : undefined }),
    () => ({ do: 'gate-type', place: `${at}/gates/0`, type }),
    () => ({ do: 'put', place: `${place}/budget/usd`, value: other }),
  ];
  return kinds[what % kinds.length]?.() ?? { do: 'add-phase' };
}
