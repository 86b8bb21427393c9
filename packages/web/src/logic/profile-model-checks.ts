/** What is wrong with a profile, as far as that is seen without the server. */
import type { Json, JsonObject } from '@tenuto/contract';
import { isObject, isWithin, placeOf, valueAt } from './json-place.ts';
import {
  AGENT_ACTION,
  agentLinks,
  type Link,
  outlineOf,
  type PhaseView,
  phaseLinks,
} from './profile-model.ts';
import { isId, type PartKind, reservedIds } from './profile-model-ids.ts';

/** What is wrong at a place. `about` is what it is about: an id, or the ids of a circle. */
export interface Fault {
  readonly place: string;
  readonly kind: FaultKind;
  readonly about: string;
}

export type FaultKind =
  | 'no-name'
  | 'no-phases'
  | 'no-agents'
  | 'no-id'
  | 'bad-id'
  | 'twin'
  | 'reserved'
  | 'self'
  | 'unknown-phase'
  | 'unknown-agent'
  | 'circle'
  | 'no-prompt'
  | 'no-type';

/** A problem as it is shown, whoever has found it. */
export interface Problem {
  readonly place: string;
  readonly message: string;
}

type Add = (place: string, kind: FaultKind, about?: string) => void;

/** All of it, at the places at which the server would tell it. */
export function faultsOf(doc: JsonObject): readonly Fault[] {
  const faults: Fault[] = [];
  const add: Add = (place, kind, about = '') => faults.push({ place, kind, about });
  const outline = outlineOf(doc);
  if (outline.name === '') add('/name', 'no-name');
  else if (!isId(outline.name, 'phase')) add('/name', 'bad-id', outline.name);
  if (outline.phases.length === 0) add('/phases', 'no-phases');
  checkIds(outline.phases, { kind: 'phase', reserved: [] }, add);
  checkNeeds(outline.phases, 'unknown-phase', add);
  checkCircle(outline.phases, phaseLinks(outline), add);
  for (const phase of outline.phases) checkPhase(doc, phase, add);
  return faults;
}

function checkPhase(doc: JsonObject, phase: PhaseView, add: Add): void {
  const { agents, gates, place } = phase;
  const written = valueAt(doc, place);
  if (agents.length === 0) add(placeOf(place, 'agents'), 'no-agents');
  checkIds(
    agents,
    { kind: 'agent', reserved: reservedIds({ kind: 'agent', phase: written }) },
    add,
  );
  checkIds(gates, { kind: 'gate', reserved: reservedIds({ kind: 'gate', phase: written }) }, add);
  checkNeeds(agents, 'unknown-agent', add);
  checkCircle(agents, agentLinks(phase), add);
  for (const { place: at, uses } of agents) {
    const agent = valueAt(doc, at);
    if (uses === AGENT_ACTION && isAbsent(agent, 'prompt')) add(placeOf(at, 'prompt'), 'no-prompt');
  }
  for (const gate of gates) if (gate.type === '') add(placeOf(gate.place, 'type'), 'no-type');
}

function isAbsent(part: Json | undefined, field: string): boolean {
  return !isObject(part) || part[field] === undefined || part[field] === '';
}

interface Ids {
  readonly kind: PartKind;
  readonly reserved: readonly string[];
}

function checkIds(
  parts: readonly { readonly id: string; readonly place: string }[],
  { kind, reserved }: Ids,
  add: Add,
): void {
  const seen = new Set<string>();
  for (const { id, place } of parts) {
    const at = placeOf(place, 'id');
    if (id === '') add(at, 'no-id');
    else if (!isId(id, kind)) add(at, 'bad-id', id);
    else if (seen.has(id)) add(at, 'twin', id);
    else if (reserved.includes(id)) add(at, 'reserved', id);
    seen.add(id);
  }
}

interface Needing {
  readonly id: string;
  readonly place: string;
  readonly needs: readonly string[];
}

function checkNeeds(
  parts: readonly Needing[],
  kind: 'unknown-phase' | 'unknown-agent',
  add: Add,
): void {
  const known = new Set(parts.map(({ id }) => id));
  for (const { id, place, needs } of parts) {
    needs.forEach((need, i) => {
      const at = placeOf(place, 'needs', i);
      if (need === id) add(at, 'self', id);
      else if (!known.has(need)) add(at, kind, need);
    });
  }
}

/** Parts that can be put in order are taken away one by one; what is left holds a circle. */
function checkCircle(parts: readonly Needing[], links: readonly Link[], add: Add): void {
  let left = parts.map(({ place }) => place);
  for (;;) {
    const open = new Set(left);
    const next = left.filter((place) =>
      links.some(({ from, to }) => to === place && from !== to && open.has(from)),
    );
    if (next.length === left.length) break;
    left = next;
  }
  const [first] = left;
  if (first === undefined) return;
  const circle: string[] = [];
  for (let place = first; !circle.includes(place); ) {
    circle.push(place);
    const before = links.find((link) => link.to === place && left.includes(link.from));
    place = before?.from ?? first;
  }
  const idOf = new Map(parts.map(({ id, place }) => [place, id]));
  const ids = [...circle.toReversed(), circle.at(-1) ?? first].map(
    (place) => idOf.get(place) ?? '',
  );
  add(placeOf(first, 'needs'), 'circle', ids.join(' → '));
}

/** What is seen here, whose words say what to do, and what the server finds at other places. */
export function merged(
  told: readonly Problem[] | undefined,
  seen: readonly Problem[],
): readonly Problem[] {
  if (told === undefined) return seen;
  const places = new Set(seen.map(({ place }) => place));
  return [...seen, ...told.filter(({ place }) => !places.has(place))];
}

/** Problems of a field, or of what lies inside it. */
export function problemsIn(problems: readonly Problem[], place: string): readonly Problem[] {
  return problems.filter((problem) => isWithin(problem.place, place));
}
