/** Keeps the values of secrets out of everything that an attempt says and leaves. */
import type { Json } from '@tenuto/contract';
import type { ActionError, ActionOutcome } from './ports/action-runner.ts';
import type { ReportedTest } from './ports/reported-test.ts';
import { HIDDEN } from './run/index.ts';

/** Shorter values are hidden only where they stand alone: within text they are everywhere. */
const WITHIN_TEXT_CHARS = 4;
/** Lines of a value of several lines (a key file) that are hidden by themselves. */
const LINE_CHARS = 8;

/** Puts `***` in place of secrets, as they are and as actions and targets commonly spell them. */
export interface Mask {
  text(text: string): string;
  outcome(outcome: ActionOutcome): ActionOutcome;
}

/** @param values the secrets that an attempt was given */
export function createMask(values: Iterable<string>): Mask {
  const whole = new Set<string>();
  const parts = new Set<string>();
  for (const value of values) {
    whole.add(value);
    if (value.length < WITHIN_TEXT_CHARS) continue;
    for (const spelling of spellings(value)) parts.add(spelling);
    for (const line of value.split(/\r?\n/)) if (line.length >= LINE_CHARS) parts.add(line);
  }
  // The longest first: one secret may be a part of another.
  const sorted = [...parts].sort((a, b) => b.length - a.length);
  const bytes = sorted.map((part) => Buffer.from(part));
  const text = (given: string): string => {
    if (whole.has(given)) return HIDDEN;
    return sorted.reduce((left, part) => left.replaceAll(part, HIDDEN), given);
  };
  return { text, outcome: (outcome) => maskedOutcome(outcome, { text, bytes }) };
}

/** How a value looks in text, in JSON, in an address, and within something in base64. */
function spellings(value: string): readonly string[] {
  return [
    value,
    JSON.stringify(value).slice(1, -1),
    encodeURIComponent(value),
    encodeURI(value),
    new URLSearchParams({ v: value }).toString().slice(2),
    ...base64Spellings(value),
  ].filter((spelling) => spelling.length >= WITHIN_TEXT_CHARS);
}

/** Within a longer text in base64 a value begins at one of three places of a group. */
function base64Spellings(value: string): readonly string[] {
  const bytes = Buffer.from(value);
  return [0, 1, 2].flatMap((shift) => {
    const shifted = Buffer.concat([Buffer.alloc(shift), bytes]);
    const fixed = shifted.subarray(0, shifted.length - (shifted.length % 3));
    // The first group holds what stood before the value, so it can be anything.
    const text = fixed.toString('base64').slice(shift === 0 ? 0 : 4);
    if (text.length < LINE_CHARS) return [];
    return [text, text.replaceAll('+', '-').replaceAll('/', '_')];
  });
}

interface Masking {
  text(text: string): string;
  readonly bytes: readonly Buffer[];
}

function maskedOutcome(outcome: ActionOutcome, masking: Masking): ActionOutcome {
  if (outcome.status === 'waiting') return outcome;
  const { output, artifacts, tests } = outcome;
  const produced = {
    ...(artifacts !== undefined && {
      artifacts: artifacts.map((one) => ({
        ...one,
        name: masking.text(one.name),
        bytes: maskedBytes(one.bytes, masking.bytes),
      })),
    }),
    ...(tests !== undefined && { tests: tests.map((test) => maskedTest(test, masking)) }),
    ...(output !== undefined && { output: maskedJson(output, masking) }),
  };
  return 'error' in outcome
    ? { ...outcome, ...produced, error: maskedError(outcome.error, masking) }
    : { ...outcome, ...produced };
}

function maskedError(error: ActionError, masking: Masking): ActionError {
  const { type, message, details } = error;
  return {
    ...error,
    type: masking.text(type),
    message: masking.text(message),
    ...(details !== undefined && {
      details: Object.fromEntries(
        Object.entries(details).map(([name, value]) => [name, maskedJson(value, masking)]),
      ),
    }),
  };
}

function maskedTest(test: ReportedTest, { text }: Masking): ReportedTest {
  const { suite, reportSuite, classname, name, file, message } = test;
  return {
    ...test,
    suite: text(suite),
    reportSuite: text(reportSuite),
    classname: text(classname),
    name: text(name),
    ...(file !== undefined && { file: text(file) }),
    ...(message !== undefined && { message: text(message) }),
  };
}

function maskedJson(value: Json, masking: Masking): Json {
  if (typeof value === 'string') return masking.text(value);
  if (typeof value === 'number') {
    const text = masking.text(String(value));
    return text === String(value) ? value : text;
  }
  if (typeof value !== 'object' || value === null) return value;
  if (isList(value)) return value.map((item) => maskedJson(item, masking));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [masking.text(key), maskedJson(item, masking)]),
  );
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function maskedBytes(bytes: Uint8Array, secrets: readonly Buffer[]): Uint8Array {
  let left = Buffer.from(bytes);
  for (const secret of secrets) {
    if (!left.includes(secret)) continue;
    const pieces: Buffer[] = [];
    let from = 0;
    for (let at = left.indexOf(secret); at >= 0; at = left.indexOf(secret, from)) {
      pieces.push(left.subarray(from, at), Buffer.from(HIDDEN));
      from = at + secret.length;
    }
    left = Buffer.concat([...pieces, left.subarray(from)]);
  }
  return left;
}
