/** What is typed into the form of a schema, and the JSON that it comes to. */
import type { Json, JsonObject } from '@tenuto/contract';
import { isObject, isWithin, placeOf, stepsOf } from './json-place.ts';
import type { Draft, Field, Problem } from './schema-form.ts';

/** What stands in the form at first: a value that is known, else the schema's default. */
export function draftOf(field: Field, known: Json | undefined = field.initial): Draft {
  return drafted(field, known, true);
}

/** What stands in the form of a value that was given: what was left out of it stays left out. */
export function givenDraftOf(field: Field, given: Json | undefined): Draft {
  return drafted(field, given, false);
}

function drafted(field: Field, known: Json | undefined, isFilled: boolean): Draft {
  switch (field.kind) {
    case 'group': {
      const values = isObject(known) ? known : {};
      const startOf = (one: Field) => values[one.name] ?? (isFilled ? one.initial : undefined);
      return Object.fromEntries(
        field.fields.map((one) => [one.name, drafted(one, startOf(one), isFilled)]),
      );
    }
    case 'list':
      if (Array.isArray(known)) return known.map((item) => drafted(field.item, item, isFilled));
      return isFilled ? [] : '';
    case 'choice': {
      const at = field.options.findIndex((option) => same(option, known));
      return at < 0 ? '' : String(at);
    }
    case 'json':
      return known === undefined ? '' : JSON.stringify(known, null, 2);
    default:
      return known === undefined || known === null ? '' : String(known);
  }
}

/** A value with what its form has no field for: that stays as it is. */
export function withUnasked(field: Field, read: Json | undefined, before: JsonObject): JsonObject {
  const asked = new Set(field.kind === 'group' ? field.fields.map(({ name }) => name) : []);
  const others = Object.entries(before).filter(([name]) => !asked.has(name));
  return { ...Object.fromEntries(others), ...(isObject(read) ? read : {}) };
}

/** What a server says of the values in a form, by the pointers of what is drawn of them. */
export function saidBelow(
  field: Field,
  place: string,
  errors: readonly { readonly path: string; readonly message: string }[],
): ReadonlyMap<string, string> {
  const said = new Map<string, string>();
  for (const { path, message } of errors.filter((one) => isWithin(one.path, place))) {
    const pointer = path.slice(place.length);
    const drawn = drawnAt(field, pointer);
    const parts = [said.get(drawn), pointer.slice(drawn.length + 1), message];
    said.set(drawn, parts.filter(Boolean).join(' '));
  }
  return said;
}

/** The pointer of the field that is nearest to one; what has no field is said of what it is in. */
function drawnAt(field: Field, pointer: string): string {
  let at: Field | undefined = field;
  let drawn = '';
  for (const step of stepsOf(pointer)) {
    at = at.kind === 'list' ? at.item : at.kind === 'group' ? named(at.fields, step) : undefined;
    if (at === undefined) break;
    drawn = placeOf(drawn, step);
  }
  return drawn;
}

const named = (fields: readonly Field[], name: string) => fields.find((one) => one.name === name);

/** A value that was read, and what is wrong with it. A value that is left out is undefined. */
export interface ReadDraft {
  readonly value: Json | undefined;
  readonly problems: readonly Problem[];
}

/** Reads a form. What a server checks better (formats, whole schemas) is left to it. */
export function readDraft(field: Field, draft: Draft | undefined, pointer = ''): ReadDraft {
  if (field.kind === 'group') return readGroup(field, draft, pointer);
  if (field.kind === 'list') return readList(field, draft, pointer);
  const text = typeof draft === 'string' ? draft : '';
  if (text === '') {
    const empty = field.required && field.kind === 'text' && field.initial === '';
    if (empty) return { value: '', problems: [] };
    const missing = field.required && field.initial === undefined && pointer !== '';
    return { value: undefined, problems: missing ? [{ pointer, kind: 'required' }] : [] };
  }
  return readText(field, text, pointer);
}

type Leaf = Exclude<Field, { kind: 'group' } | { kind: 'list' }>;

function readText(field: Leaf, text: string, pointer: string): ReadDraft {
  const wrong = (kind: Problem['kind'], detail?: string): ReadDraft => ({
    value: undefined,
    problems: [{ pointer, kind, ...(detail !== undefined && { detail }) }],
  });
  switch (field.kind) {
    case 'boolean':
      return { value: text === 'true', problems: [] };
    case 'choice':
      return { value: field.options[Number(text)], problems: [] };
    case 'number': {
      const value = Number(text);
      const { min, max } = field.range;
      if (!Number.isFinite(value)) return wrong('number');
      if (field.whole && !Number.isInteger(value)) return wrong('whole');
      if (min !== undefined && value < min) return wrong('small', String(min));
      if (max !== undefined && value > max) return wrong('large', String(max));
      return { value, problems: [] };
    }
    case 'text':
      return fits(text, field.pattern)
        ? { value: text, problems: [] }
        : wrong('pattern', field.pattern);
    case 'json':
      try {
        return { value: JSON.parse(text), problems: [] };
      } catch (error) {
        return wrong('json', error instanceof Error ? error.message : String(error));
      }
  }
}

function fits(text: string, pattern: string | undefined): boolean {
  if (pattern === undefined) return true;
  try {
    return new RegExp(pattern, 'u').test(text);
  } catch {
    // A pattern that this engine does not know is the server's to check.
    return true;
  }
}

function readGroup(
  field: Extract<Field, { kind: 'group' }>,
  draft: Draft | undefined,
  pointer: string,
): ReadDraft {
  const drafts = isGroup(draft) ? draft : {};
  const parts = field.fields.map((one) => ({
    name: one.name,
    ...readDraft(one, drafts[one.name], placeOf(pointer, one.name)),
  }));
  const given = parts.filter(({ value }) => value !== undefined);
  // An object that may be left out, and that nothing was typed into, is left out.
  if (!field.required && given.length === 0 && isUntouched(drafts)) {
    return { value: undefined, problems: [] };
  }
  return {
    value: Object.fromEntries(given.map(({ name, value = null }) => [name, value])),
    problems: parts.flatMap(({ problems }) => problems),
  };
}

function readList(
  field: Extract<Field, { kind: 'list' }>,
  draft: Draft | undefined,
  pointer: string,
): ReadDraft {
  // A list that nobody has touched is its default; one that is made empty is not.
  const isLeft = !isList(draft) && field.initial !== undefined;
  const items = isList(draft) ? draft : [];
  if (isLeft) return { value: undefined, problems: [] };
  if (items.length === 0 && !field.required) return { value: undefined, problems: [] };
  const parts = items.map((item, at) => readDraft(field.item, item, `${pointer}/${at}`));
  return {
    value: parts.map(({ value }) => value ?? null),
    problems: parts.flatMap(({ problems }) => problems),
  };
}

function isUntouched(draft: Draft): boolean {
  if (typeof draft === 'string') return draft === '';
  return Object.values(draft).every(isUntouched);
}

/** Draws the list apart from the object; both are objects to JavaScript. */
export function isList(draft: Draft | undefined): draft is readonly Draft[] {
  return Array.isArray(draft);
}

export function isGroup(draft: Draft | undefined): draft is { readonly [name: string]: Draft } {
  return typeof draft === 'object' && !Array.isArray(draft);
}

const same = (a: Json, b: Json | undefined) => JSON.stringify(a) === JSON.stringify(b);
