import type { TestSelect } from '@tenuto/contract';
import Type, { type Static } from 'typebox';
import { Refusal } from '../command/refusal.ts';

/** A case as it is named on a command line. */
export const CaseParameters = Type.Object(
  {
    name: Type.String(),
    classname: Type.Optional(Type.String()),
    file: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  },
  { additionalProperties: false },
);
export type CaseParameters = Static<typeof CaseParameters>;

const DEFAULT_CASE = '{name}';
const DEFAULT_JOIN = '|';
/** The argument of a command in whose place the selection goes. */
const PLACE = '{case_args}';
const PLACEHOLDER = /\{(name|classname|file|suite)\}/g;
/** What means something in a regular expression of any kind. */
const SPECIAL = /[\\^$.*+?()[\]{}|/-]/g;

/**
 * How a case is named on the command line.
 *
 * @returns undefined when the case lacks something that the naming asks for
 */
export function caseText(select: TestSelect, suite: string, test: CaseParameters) {
  let isWhole = true;
  const escaped = (text: string) =>
    select.escape === 'regex' ? text.replace(SPECIAL, '\\$&') : text;
  const text = (select.case ?? DEFAULT_CASE).replace(PLACEHOLDER, (_, field: string) => {
    const value = field === 'suite' ? suite : Reflect.get(test, field);
    if (typeof value !== 'string' || value === '') isWhole = false;
    return typeof value === 'string' ? escaped(value) : '';
  });
  return isWhole ? text : undefined;
}

/** The fields of cases that their naming asks for. */
export function fieldsNamed(select: TestSelect): ReadonlySet<string> {
  const found = (select.case ?? DEFAULT_CASE).matchAll(PLACEHOLDER);
  return new Set([...found].map(([, field = '']) => field));
}

export interface Selection {
  /** Only these; all of them when undefined. */
  readonly cases?: readonly CaseParameters[] | null | undefined;
  /** All but these. */
  readonly skip?: readonly CaseParameters[] | null | undefined;
}

/**
 * A command with the arguments that select cases, at `{case_args}` or else at its end.
 *
 * @throws {Refusal} when a case cannot be named, or would be taken for an option
 */
export function selectingCommand(
  command: readonly string[],
  { select, suite }: { readonly select: TestSelect | undefined; readonly suite: string },
  { cases, skip }: Selection,
): string[] {
  const named = (wanted: readonly CaseParameters[], args: readonly string[] | undefined) => {
    if (select === undefined || args === undefined) {
      const message =
        'Cases cannot be selected: say in `select` how they are named on the command line.';
      throw new Refusal('cases_not_selectable', message);
    }
    return argumentsFor(args, namesOf(select, suite, wanted), select.join ?? DEFAULT_JOIN);
  };
  const added = [
    ...(cases ? named(cases, select?.case_args) : []),
    ...(skip && skip.length > 0 ? named(skip, select?.skip_args) : []),
  ];
  const at = command.indexOf(PLACE);
  if (at < 0) return [...command, ...added];
  return [...command.slice(0, at), ...added, ...command.slice(at + 1)];
}

function namesOf(
  select: TestSelect,
  suite: string,
  cases: readonly CaseParameters[],
): readonly string[] {
  const names = new Set<string>();
  for (const test of cases) {
    const text = caseText(select, suite, test);
    if (text === undefined) {
      const message = `"${test.name}" lacks what \`select.case\` asks for: ${select.case}`;
      throw new Refusal('cases_not_selectable', message);
    }
    names.add(text);
  }
  return [...names];
}

/** Given once for each case where an argument has `{case}`, else once with all of them joined. */
function argumentsFor(
  args: readonly string[],
  names: readonly string[],
  join: string,
): readonly string[] {
  const isEach = args.some((arg) => arg.includes('{case}'));
  const filled = (fill: (arg: string) => string) =>
    args.map((arg) => {
      const text = fill(arg);
      if (text.startsWith('-') && !arg.startsWith('-')) {
        const message = `The case "${text}" would be taken for an option of the command.`;
        throw new Refusal('cases_not_selectable', message);
      }
      return text;
    });
  if (!isEach) return filled((arg) => arg.replaceAll('{cases}', () => names.join(join)));
  return names.flatMap((name) => filled((arg) => arg.replaceAll('{case}', () => name)));
}
