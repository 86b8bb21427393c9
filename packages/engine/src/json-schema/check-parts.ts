import type { Json } from '@tenuto/contract';
import { canonicalJson } from '@tenuto/contract';
import { testPattern } from '../expression/pattern-match.ts';
import { type Check, fail, holds, paidText, pay } from './checking.ts';
import type { JsonFields } from './json-fields.ts';
import type { ListRules, ObjectRules } from './schema.ts';

export function checkList(
  rules: ListRules,
  items: readonly Json[],
  path: string,
  check: Check,
): boolean {
  const { prefix, items: rest, contains, minItems, maxItems, unique } = rules;
  let fits = true;
  if (minItems !== undefined && items.length < minItems) {
    fits = fail(check, path, `must have at least ${minItems} items`);
  }
  if (maxItems !== undefined && items.length > maxItems) {
    fits = fail(check, path, `must have at most ${maxItems} items`);
  }
  for (const [i, item] of items.entries()) {
    const schema = prefix[i] ?? rest;
    if (schema !== undefined) fits = check.part(schema, item, `${path}/${i}`, check) && fits;
  }
  if (contains !== undefined) {
    const count = items.filter((item) => holds(contains.schema, item, check)).length;
    if (count < contains.least || count > contains.most) {
      fits = fail(check, path, `has ${count} items of the kind that it must contain`);
    }
  }
  if (unique) {
    const texts = new Set(items.map((item) => paidText(check, canonicalJson(item))));
    if (texts.size < items.length) fits = fail(check, path, 'must not have equal items');
  }
  return fits;
}

export function checkObject(
  rules: ObjectRules,
  value: JsonFields,
  path: string,
  check: Check,
): boolean {
  const { minProperties, maxProperties, required } = rules;
  const names = Object.keys(value);
  let fits = true;
  for (const name of required) {
    pay(check, 1);
    if (!Object.hasOwn(value, name)) fits = fail(check, at(path, name), 'is required');
  }
  if (minProperties !== undefined && names.length < minProperties) {
    fits = fail(check, path, `must have at least ${minProperties} fields`);
  }
  if (maxProperties !== undefined && names.length > maxProperties) {
    fits = fail(check, path, `must have at most ${maxProperties} fields`);
  }
  for (const name of names) fits = checkField(rules, value, { name, path }, check) && fits;
  return checkDependents(rules, value, path, check) && fits;
}

function checkField(
  { properties, patterns, additional, names }: ObjectRules,
  value: JsonFields,
  { name, path }: { readonly name: string; readonly path: string },
  check: Check,
): boolean {
  const item = value[name] ?? null;
  const place = at(path, name);
  let fits = true;
  let known = false;
  const schema = properties.get(name);
  if (schema !== undefined) {
    known = true;
    fits = check.part(schema, item, place, check);
  }
  for (const { name: pattern, schema: matched } of patterns) {
    if (!testPattern(pattern.pattern, name, (steps) => pay(check, steps))) continue;
    known = true;
    fits = check.part(matched, item, place, check) && fits;
  }
  if (!known && additional !== undefined) {
    if (additional === false) fits = fail(check, place, 'is not a known field');
    else fits = check.part(additional, item, place, check) && fits;
  }
  if (names !== undefined && !holds(names, name, check)) {
    fits = fail(check, place, 'is not a name that is allowed');
  }
  pay(check, 1);
  return fits;
}

function checkDependents(
  { dependent }: ObjectRules,
  value: JsonFields,
  path: string,
  check: Check,
): boolean {
  let fits = true;
  for (const [name, needed] of dependent) {
    pay(check, 1);
    if (!Object.hasOwn(value, name)) continue;
    if (!isNames(needed)) fits = check.part(needed, value, path, check) && fits;
    else {
      for (const other of needed) {
        if (Object.hasOwn(value, other)) continue;
        fits = fail(check, at(path, other), `is required with ${name}`);
      }
    }
  }
  return fits;
}

function isNames(needed: ReturnType<ObjectRules['dependent']['get']>): needed is readonly string[] {
  return Array.isArray(needed);
}

function at(path: string, name: string): string {
  return `${path}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
