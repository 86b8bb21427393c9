/** Ids of the parts of a profile: which are free, and which come next. */
import type { Json } from '@tenuto/contract';
import { isObject, stepsOf } from './json-place.ts';
import { listAt, textAt } from './profile-model.ts';

export type PartKind = 'phase' | 'agent' | 'gate';

const MOST_CHARS = 64;
/** What every phase has under these ids itself. */
const OF_EVERY_PHASE = ['start', 'next', 'approve', 'gates'] as const;

const NAME = /^[A-Za-z][A-Za-z0-9_-]*$/;
const GATE_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

/** Whether a text can be the id of a part. */
export function isId(id: string, kind: PartKind): boolean {
  return id.length <= MOST_CHARS && (kind === 'gate' ? GATE_NAME : NAME).test(id);
}

interface Within {
  readonly kind: PartKind;
  /** The phase that it stands in. */
  readonly phase?: Json | undefined;
}

/** Ids that a part beside these cannot have. */
export function takenIds(parts: readonly Json[], within?: Within): ReadonlySet<string> {
  const ids = parts.map((part) => textAt(part, 'id'));
  return new Set([...ids, ...(within === undefined ? [] : reservedIds(within))]);
}

/** Ids that a phase has for parts of its own. */
export function reservedIds({ kind, phase }: Within): readonly string[] {
  if (kind === 'phase') return [];
  if (kind === 'gate') return isObject(phase) && phase.approval !== undefined ? ['approve'] : [];
  const asked = listAt(phase, 'gates').filter((gate) => textAt(gate, 'type') === 'approval');
  return [...OF_EVERY_PHASE, ...asked.map((gate) => `approve-${textAt(gate, 'id')}`)];
}

/** The id itself, or with the first number behind it that makes it a free one. */
export function freshId(wanted: string, taken: ReadonlySet<string>): string {
  const base = wanted.replace(/_\d+$/, '') || 'part';
  for (let number = 1; ; number += 1) {
    const end = number === 1 ? '' : `_${number}`;
    const id = number === 1 ? wanted : base.slice(0, MOST_CHARS - end.length) + end;
    if (id !== '' && !taken.has(id)) return id;
  }
}

/** Whether a part may be called so: by nobody beside it, and by no part that its phase has itself. */
export function isFree(
  id: string,
  parts: readonly Json[],
  { but, ...within }: Within & { readonly but: Json },
): boolean {
  const others = parts.filter((part) => part !== but);
  return !takenIds(others, within).has(id);
}

/** What stands at a place, by the place alone. */
export function kindOf(place: string): PartKind | undefined {
  const [list, , inner, ...rest] = stepsOf(place);
  if (list !== 'phases') return undefined;
  if (inner === undefined) return stepsOf(place).length === 2 ? 'phase' : undefined;
  if (rest.length !== 1) return undefined;
  return inner === 'agents' ? 'agent' : inner === 'gates' ? 'gate' : undefined;
}
