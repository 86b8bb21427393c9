/** Edits of a profile's document: each answers the next document, and what to look at then. */
import type { GateType, Json, JsonObject } from '@tenuto/contract';
import { isObject, mapTexts, placeOf, put, stepsOf, valueAt } from './json-place.ts';
import { listAt, needsOf, saysNeeds, siblingsOf, textAt } from './profile-model.ts';
import { asType, gateOf } from './profile-model-gates.ts';
import { freshId, kindOf, takenIds } from './profile-model-ids.ts';
import { connect, disconnect } from './profile-model-links.ts';
import { rename, withFilesOf } from './profile-model-names.ts';

export type Edit =
  | { readonly do: 'put'; readonly place: string; readonly value: Json | undefined }
  | { readonly do: 'replace'; readonly doc: JsonObject }
  | { readonly do: 'add-phase'; readonly after?: string | undefined }
  | { readonly do: 'add-agent'; readonly phase: string }
  | { readonly do: 'add-gate'; readonly phase: string; readonly type: GateType }
  | { readonly do: 'gate-type'; readonly place: string; readonly type: GateType }
  | { readonly do: 'rename'; readonly place: string; readonly id: string }
  | { readonly do: 'duplicate'; readonly place: string }
  | { readonly do: 'remove'; readonly place: string }
  | { readonly do: 'move'; readonly place: string; readonly by: -1 | 1 }
  | { readonly do: 'connect' | 'disconnect'; readonly from: string; readonly to: string };

export interface Edited {
  readonly doc: JsonObject;
  /** The place of what was made or moved. */
  readonly at?: string | undefined;
}

/** What comes of an edit; one that makes no sense changes nothing. */
export function applyEdit(doc: JsonObject, edit: Edit): Edited {
  switch (edit.do) {
    case 'replace':
      return { doc: edit.doc };
    case 'put':
      return putAt(doc, edit);
    case 'add-phase':
      return addPhase(doc, edit.after);
    case 'add-agent':
      return addTo(doc, edit.phase, 'agents', { id: 'agent' });
    case 'add-gate':
      return addTo(
        doc,
        edit.phase,
        'gates',
        gateOf(textAt(valueAt(doc, edit.phase), 'id'), edit.type),
      );
    case 'gate-type':
      return { doc: put(doc, edit.place, asType(valueAt(doc, edit.place), edit.type)) };
    case 'rename':
      return { doc: rename(doc, edit.place, edit.id) };
    case 'duplicate':
      return duplicate(doc, edit.place);
    case 'remove':
      return remove(doc, edit.place);
    case 'move':
      return move(doc, edit.place, edit.by);
    case 'connect':
      return { doc: connect(doc, edit) };
    case 'disconnect':
      return { doc: disconnect(doc, edit) };
  }
}

/** A field; an id is renamed, so that what names it follows. */
function putAt(doc: JsonObject, { place, value }: Extract<Edit, { readonly do: 'put' }>): Edited {
  const owner = place.slice(0, place.lastIndexOf('/'));
  const isId = place.endsWith('/id') && kindOf(owner) !== undefined;
  if (isId && typeof value === 'string') return { doc: rename(doc, owner, value) };
  return { doc: put(doc, place, value) };
}

const phasesIn = (doc: JsonObject): readonly Json[] => listAt(doc, 'phases');
const indexOf = (place: string): number => Number(stepsOf(place).at(-1));
const isThere = (doc: JsonObject, place: string): boolean => isObject(valueAt(doc, place));

/** Puts phases in another order, or others in their place, and lets each need what it needed. */
function withPhases(
  doc: JsonObject,
  phases: readonly Json[],
  needs: ReadonlyMap<Json, readonly string[]>,
): JsonObject {
  const kept = phases.map((phase, index) => {
    const wanted = needs.get(phase);
    if (wanted === undefined || !isObject(phase)) return phase;
    const present = needsOf(phases, index);
    const isSame = present.length === wanted.length && present.every((id, i) => id === wanted[i]);
    return isSame ? phase : put(phase, '/needs', [...wanted]);
  });
  return put(doc, '/phases', kept);
}

function needsNow(phases: readonly Json[]): ReadonlyMap<Json, readonly string[]> {
  return new Map(phases.map((phase, index) => [phase, needsOf(phases, index)]));
}

/** Behind the phase that is named, as a way of its own from there; else behind the last one. */
function addPhase(doc: JsonObject, after: string | undefined): Edited {
  const phases = phasesIn(doc);
  const named = after !== undefined && kindOf(after) === 'phase' ? indexOf(after) : undefined;
  const index = Math.min(named ?? phases.length - 1, phases.length - 1) + 1;
  const id = freshId('phase', takenIds(phases));
  const phase: JsonObject = { id, agents: [] };
  const before = textAt(phases[index - 1], 'id');
  const needs = new Map<Json, readonly string[]>(needsNow(phases));
  needs.set(phase, before === '' ? [] : [before]);
  const next = withPhases(doc, phases.toSpliced(index, 0, phase), needs);
  return { doc: next, at: placeOf('', 'phases', index) };
}

function addTo(doc: JsonObject, phase: string, list: 'agents' | 'gates', item: JsonObject): Edited {
  if (kindOf(phase) !== 'phase' || !isThere(doc, phase)) return { doc };
  const present = listAt(valueAt(doc, phase), list);
  const kind = list === 'agents' ? 'agent' : 'gate';
  const id = freshId(textAt(item, 'id'), takenIds(present, { kind, phase: valueAt(doc, phase) }));
  const at = placeOf(phase, list, present.length);
  return { doc: put(doc, placeOf(phase, list), [...present, { ...item, id }]), at };
}

function duplicate(doc: JsonObject, place: string): Edited {
  const kind = kindOf(place);
  const part = valueAt(doc, place);
  if (kind === undefined || !isObject(part)) return { doc };
  const [, phaseIndex] = stepsOf(place);
  const siblings = siblingsOf(doc, place);
  const phase =
    kind === 'phase' ? undefined : valueAt(doc, placeOf('', 'phases', phaseIndex ?? ''));
  const before = textAt(part, 'id');
  const id = freshId(before || kind, takenIds(siblings, { kind, phase }));
  const index = indexOf(place);
  const list = place.slice(0, place.lastIndexOf('/'));
  const at = placeOf(list, index + 1);
  if (kind !== 'phase') {
    return { doc: put(doc, list, siblings.toSpliced(index + 1, 0, { ...part, id })), at };
  }
  const files = mapTexts(part, (text) => withFilesOf(text, before, id));
  const copy: JsonObject = { ...(isObject(files) ? files : part), id };
  const needs = new Map<Json, readonly string[]>(needsNow(siblings));
  needs.set(copy, needsOf(siblings, index));
  return { doc: withPhases(doc, siblings.toSpliced(index + 1, 0, copy), needs), at };
}

/** Takes a part away; what needed it needs what it needed. */
function remove(doc: JsonObject, place: string): Edited {
  const kind = kindOf(place);
  const part = valueAt(doc, place);
  if (kind === undefined || part === undefined) return { doc };
  const siblings = siblingsOf(doc, place);
  const index = indexOf(place);
  const left = siblings.toSpliced(index, 1);
  const list = place.slice(0, place.lastIndexOf('/'));
  if (kind === 'gate') return { doc: put(doc, list, left.length > 0 ? left : undefined) };
  const id = textAt(part, 'id');
  const isMeant = id !== '' && siblings.find((one) => textAt(one, 'id') === id) === part;
  if (kind === 'agent') {
    const own = listAt(part, 'needs').filter((need) => typeof need === 'string');
    const next = left.map((one) => (isMeant ? bridged(one, id, own) : one));
    return { doc: put(doc, list, next) };
  }
  const own = needsOf(siblings, index);
  const needs = new Map<Json, readonly string[]>();
  for (const [phase, ids] of needsNow(siblings)) {
    needs.set(phase, isMeant ? inPlaceOf(ids, id, own) : ids);
  }
  return { doc: withPhases(doc, left, needs) };
}

function bridged(part: Json, gone: string, own: readonly string[]): Json {
  if (!isObject(part) || !saysNeeds(part)) return part;
  const needs = listAt(part, 'needs').filter((need) => typeof need === 'string');
  if (!needs.includes(gone)) return part;
  const next = inPlaceOf(needs, gone, own).filter((need) => need !== part.id);
  return put(part, '/needs', next.length > 0 ? [...next] : undefined);
}

function inPlaceOf(ids: readonly string[], gone: string, own: readonly string[]) {
  return [...new Set(ids.flatMap((id) => (id === gone ? own : [id])))].filter((id) => id !== gone);
}

function move(doc: JsonObject, place: string, by: -1 | 1): Edited {
  const kind = kindOf(place);
  const siblings = siblingsOf(doc, place);
  const index = indexOf(place);
  const part = siblings[index];
  const to = index + by;
  if (kind === undefined || part === undefined || to < 0 || to >= siblings.length) return { doc };
  const list = place.slice(0, place.lastIndexOf('/'));
  const moved = siblings.toSpliced(index, 1).toSpliced(to, 0, part);
  const at = placeOf(list, to);
  return kind === 'phase'
    ? { doc: withPhases(doc, moved, needsNow(siblings)), at }
    : { doc: put(doc, list, moved), at };
}
