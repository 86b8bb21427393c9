/** Checks values against a schema, within a number of steps that nothing can exceed. */
import { canonicalJson, type Json, parseTime, type ValidationError } from '@tenuto/contract';
import { testPattern } from '../expression/pattern-match.ts';
import { checkList, checkObject } from './check-parts.ts';
import { type Check, fail, holds, newCheck, paidText, pay, TooMuch } from './checking.ts';
import { isList, isObject } from './json-fields.ts';
import type { NumberRules, Schema, SchemaNode, TextRules, TypeName } from './schema.ts';

const MAX_DEPTH = 256;

/** What is wrong with a value, at most 20 things; nothing when it fits. */
export function problemsOf(schema: Schema, value: Json): readonly ValidationError[] {
  const problems: ValidationError[] = [];
  try {
    checkPart(schema, value, '', newCheck(problems, checkPart));
    return problems;
  } catch (error) {
    if (!(error instanceof TooMuch)) throw error;
    return [{ path: '', message: error.message }];
  }
}

/** @returns whether the value fits */
export function checkPart(schema: Schema, value: Json, path: string, check: Check): boolean {
  pay(check, 1);
  if (schema === true) return true;
  if (schema === false) return fail(check, path, 'is not allowed');
  check.depth += 1;
  if (check.depth > MAX_DEPTH) throw new TooMuch(`is nested deeper than ${MAX_DEPTH}`);
  const fits = checkNode(schema, value, path, check);
  check.depth -= 1;
  return fits;
}

function checkNode(node: SchemaNode, value: Json, path: string, check: Check): boolean {
  const { types, values, ref } = node;
  if (types !== undefined && !types.some((type) => isOf(type, value))) {
    return fail(check, path, `must be ${types.join(' or ')}`);
  }
  let fits = true;
  if (values !== undefined && !values.has(paidText(check, canonicalJson(value)))) {
    fits = fail(check, path, `must be one of ${shown(values)}`);
  }
  if (ref !== undefined) fits = checkPart(ref.target, value, path, check) && fits;
  if (typeof value === 'number' && node.numbers !== undefined) {
    fits = checkNumber(node.numbers, value, path, check) && fits;
  }
  if (typeof value === 'string' && node.text !== undefined) {
    fits = checkText(node.text, value, path, check) && fits;
  }
  if (isList(value) && node.list !== undefined) {
    fits = checkList(node.list, value, path, check) && fits;
  }
  if (isObject(value) && node.object !== undefined) {
    fits = checkObject(node.object, value, path, check) && fits;
  }
  return checkCombinations(node, value, path, check) && fits;
}

function isOf(type: TypeName, value: Json): boolean {
  switch (type) {
    case 'null':
      return value === null;
    case 'array':
      return isList(value);
    case 'object':
      return isObject(value);
    case 'integer':
      return typeof value === 'number' && Number.isInteger(value);
    default:
      return typeof value === type;
  }
}

function shown(values: ReadonlySet<string>): string {
  const some = [...values].slice(0, 10).map((value) => value.slice(0, 60));
  return some.join(', ') + (values.size > some.length ? ', ...' : '');
}

function checkNumber(rules: NumberRules, value: number, path: string, check: Check): boolean {
  const { maximum, minimum, exclusiveMaximum, exclusiveMinimum, multipleOf } = rules;
  let fits = true;
  if (maximum !== undefined && value > maximum) fits = fail(check, path, `must be <= ${maximum}`);
  if (minimum !== undefined && value < minimum) fits = fail(check, path, `must be >= ${minimum}`);
  if (exclusiveMaximum !== undefined && value >= exclusiveMaximum) {
    fits = fail(check, path, `must be < ${exclusiveMaximum}`);
  }
  if (exclusiveMinimum !== undefined && value <= exclusiveMinimum) {
    fits = fail(check, path, `must be > ${exclusiveMinimum}`);
  }
  if (multipleOf !== undefined && multipleOf > 0) {
    const times = value / multipleOf;
    const off = Math.abs(times - Math.round(times));
    if (off > 1e-9) fits = fail(check, path, `must be a multiple of ${multipleOf}`);
  }
  return fits;
}

function checkText(rules: TextRules, value: string, path: string, check: Check): boolean {
  const { maxLength, minLength, pattern, format } = rules;
  let fits = true;
  if (maxLength !== undefined || minLength !== undefined) {
    paidText(check, value);
    const length = [...value].length;
    if (maxLength !== undefined && length > maxLength) {
      fits = fail(check, path, `must have at most ${maxLength} characters`);
    }
    if (minLength !== undefined && length < minLength) {
      fits = fail(check, path, `must have at least ${minLength} characters`);
    }
  }
  if (pattern !== undefined && !testPattern(pattern.pattern, value, (steps) => pay(check, steps))) {
    fits = fail(check, path, `must match ${pattern.source.slice(0, 100)}`);
  }
  if (format !== undefined && FORMATS.get(format)?.(value) === false) {
    fits = fail(check, path, `must be a ${format}`);
  }
  return fits;
}

/** Those that can be told for certain; any other is a remark. */
const FORMATS: ReadonlyMap<string, (value: string) => boolean> = new Map([
  ['date-time', (value: string) => parseTime(value) !== undefined],
  ['date', (value: string) => parseTime(`${value}T00:00:00Z`) !== undefined],
  ['uri', (value: string) => URL.canParse(value)],
  ['uuid', (value: string) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value)],
  ['email', (value: string) => /^[^\s@]{1,64}@[^\s@]{1,255}$/.test(value)],
]);

function checkCombinations(node: SchemaNode, value: Json, path: string, check: Check): boolean {
  const { allOf, anyOf, oneOf, not, condition } = node;
  let fits = true;
  for (const part of allOf ?? []) fits = checkPart(part, value, path, check) && fits;
  if (anyOf !== undefined && !anyOf.some((part) => holds(part, value, check))) {
    fits = fail(check, path, 'fits none of the forms that are allowed');
  }
  if (oneOf !== undefined) {
    const fitting = oneOf.filter((part) => holds(part, value, check)).length;
    if (fitting !== 1) fits = fail(check, path, `must fit exactly one form, and fits ${fitting}`);
  }
  if (not !== undefined && holds(not, value, check)) {
    fits = fail(check, path, 'has a form that is not allowed');
  }
  if (condition !== undefined) {
    const branch = holds(condition.test, value, check) ? condition.yes : condition.no;
    if (branch !== undefined) fits = checkPart(branch, value, path, check) && fits;
  }
  return fits;
}
