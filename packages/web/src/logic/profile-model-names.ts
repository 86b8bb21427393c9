/** Names of the parts of a profile: what is called otherwise is followed by all that names it. */
import type { Json, JsonObject } from '@tenuto/contract';
import { isObject, mapTexts, placeOf, put, stepsOf, valueAt } from './json-place.ts';
import { listAt, saysNeeds, siblingsOf, textAt } from './profile-model.ts';
import { isFree, kindOf, type PartKind } from './profile-model-ids.ts';

/** Gives a part another id, if it is free; whatever names it follows. */
export function rename(doc: JsonObject, place: string, id: string): JsonObject {
  const kind = kindOf(place);
  const part = valueAt(doc, place);
  if (kind === undefined || !isObject(part) || id === '') return doc;
  const phase =
    kind === 'phase' ? undefined : valueAt(doc, placeOf('', ...stepsOf(place).slice(0, 2)));
  const siblings = siblingsOf(doc, place);
  if (!isFree(id, siblings, { kind, phase, but: part })) return doc;
  const before = textAt(part, 'id');
  const isMeant = siblings.find((one) => textAt(one, 'id') === before) === part;
  const named = put(doc, placeOf(place, 'id'), id);
  if (before === '' || !isMeant) return named;
  return follow(named, { kind, place, phase: textAt(phase, 'id'), before, id });
}

interface Renamed {
  readonly kind: PartKind;
  readonly place: string;
  /** The id of the phase that it stands in. */
  readonly phase: string;
  readonly before: string;
  readonly id: string;
}

function follow(doc: JsonObject, renamed: Renamed): JsonObject {
  if (renamed.kind === 'gate') return followGate(doc, renamed);
  return renamed.kind === 'agent' ? followAgent(doc, renamed) : followPhase(doc, renamed);
}

/** Expressions of the same phase name its gates. */
function followGate(doc: JsonObject, { place, before, id }: Renamed): JsonObject {
  const list = placeOf('', ...stepsOf(place).slice(0, 3));
  const change = (text: string) => replaced(text, gateMention(before), id);
  return put(doc, list, mapTexts([...siblingsOf(doc, place)], change));
}

/** Its colleagues need it, and expressions anywhere name what it has put out. */
function followAgent(doc: JsonObject, { place, phase, before, id }: Renamed): JsonObject {
  const mention = nodeMention(`${phase}/${before}`, `['"]`);
  const change = (text: string) => replaced(text, mention, `${phase}/${id}`);
  const told = put(doc, '/phases', mapTexts([...listAt(doc, 'phases')], change));
  const list = place.slice(0, place.lastIndexOf('/'));
  const agents = siblingsOf(told, place).map((agent) => renamedNeeds(agent, before, id));
  return put(told, list, agents);
}

/** Others need it, expressions name its nodes, and texts name its files. */
function followPhase(doc: JsonObject, { before, id }: Renamed): JsonObject {
  const mention = nodeMention(before, '/');
  const change = (text: string) => withFilesOf(replaced(text, mention, id), before, id);
  const phases = listAt(doc, 'phases').map((phase) =>
    renamedNeeds(mapTexts(phase, change), before, id),
  );
  return put(doc, '/phases', phases);
}

/** The same text with the files of one phase as those of another. */
export function withFilesOf(text: string, before: string, id: string): string {
  return replaced(text, new RegExp(`(\\bartifacts/)${literal(before)}(?=/)`, 'g'), id);
}

/** What is found, but for its first group, in other words. */
function replaced(text: string, mention: RegExp, words: string): string {
  return text.replace(mention, (_found, kept: string) => kept + words);
}

const literal = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
/** `steps['planning/plan']` and `nodes["planning/gates"]`, as expressions name nodes. */
const nodeMention = (id: string, next: string) =>
  new RegExp(`((?:steps|nodes)\\[\\s*['"])${literal(id)}(?=${next})`, 'g');
const gateMention = (id: string) => new RegExp(`(\\bgates\\.)${literal(id)}(?![\\w-])`, 'g');

function renamedNeeds(part: Json, before: string, id: string): Json {
  if (!saysNeeds(part) || !isObject(part)) return part;
  return put(
    part,
    '/needs',
    listAt(part, 'needs').map((need) => (need === before ? id : need)),
  );
}
