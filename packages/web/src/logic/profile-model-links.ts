/** Ways between parts of a profile: what may be connected, and what comes of it. */
import type { Json, JsonObject } from '@tenuto/contract';
import { isObject, placeOf, put, stepsOf, valueAt } from './json-place.ts';
import { type Link, listAt, needsOf, siblingsOf, textAt } from './profile-model.ts';

/** Why two parts cannot be connected. */
export type LinkFault = 'self' | 'circle' | 'there' | 'nameless' | 'apart';

const listOf = (place: string): string => place.slice(0, place.lastIndexOf('/'));
const isPhase = (place: string): boolean => stepsOf(place).length === 2;

/** @returns undefined when they can be */
export function linkFault(doc: JsonObject, { from, to }: Link): LinkFault | undefined {
  if (from === to) return 'self';
  if (listOf(from) !== listOf(to) || listOf(from).endsWith('/gates')) return 'apart';
  const needs = needsIn(doc, to);
  const id = textAt(valueAt(doc, from), 'id');
  if (id === '' || textAt(valueAt(doc, to), 'id') === '') return 'nameless';
  if (needs.includes(id)) return 'there';
  return leadsTo(doc, to, from) ? 'circle' : undefined;
}

function needsIn(doc: JsonObject, place: string): readonly string[] {
  if (isPhase(place)) return needsOf(siblingsOf(doc, place), Number(stepsOf(place).at(-1)));
  return listAt(valueAt(doc, place), 'needs').filter((need) => typeof need === 'string');
}

/** Whether one part lies behind another. */
function leadsTo(doc: JsonObject, from: string, to: string): boolean {
  const parts = siblingsOf(doc, from);
  const list = listOf(from);
  const indexes = new Map(parts.map((part, i) => [textAt(part, 'id'), i]));
  const open = [to];
  const seen = new Set<string>();
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    if (place === from) return true;
    if (seen.has(place)) continue;
    seen.add(place);
    for (const need of needsIn(doc, place)) {
      const index = indexes.get(need);
      if (index !== undefined) open.push(placeOf(list, index));
    }
  }
  return false;
}

/** Lets one part need another; what makes no sense changes nothing. */
export function connect(doc: JsonObject, link: Link): JsonObject {
  if (linkFault(doc, link) !== undefined) return doc;
  const needs = [...needsIn(doc, link.to), textAt(valueAt(doc, link.from), 'id')];
  return withNeeds(doc, link.to, needs);
}

export function disconnect(doc: JsonObject, { from, to }: Link): JsonObject {
  const id = textAt(valueAt(doc, from), 'id');
  const needs = needsIn(doc, to);
  if (!needs.includes(id) || !isObject(valueAt(doc, to))) return doc;
  return withNeeds(
    doc,
    to,
    needs.filter((need) => need !== id),
  );
}

/** A phase that says nothing needs the one before it, so that it has to say it needs none. */
function withNeeds(doc: JsonObject, place: string, needs: readonly Json[]): JsonObject {
  const isNone = needs.length === 0 && !isPhase(place);
  return put(doc, placeOf(place, 'needs'), isNone ? undefined : [...needs]);
}
