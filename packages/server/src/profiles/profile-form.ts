import {
  GATE_TYPES,
  type JsonObject,
  type Profile,
  ProfileSchema,
  type ValidationError,
} from '@tenuto/contract';
import { compileJsonSchema, profileProblems } from '@tenuto/engine';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { schemaProblems } from '../plugins/validation.ts';

const FORM = Compile(ProfileSchema);
const MOST_PROBLEMS = 100;

/** A profile that has the form of one, or what is wrong with it. */
export type ReadProfile =
  | { readonly profile: Profile; readonly problems: readonly ValidationError[] }
  | { readonly problems: readonly ValidationError[] };

/** Reads what may be a profile; all that is wrong with it is told, by JSON pointers. */
export function readProfile(value: unknown): ReadProfile {
  if (FORM.Check(value)) return { profile: value, problems: profileFaults(value) };
  const problems: ValidationError[] = [];
  look(ProfileSchema, value, '', problems);
  return { problems: problems.slice(0, MOST_PROBLEMS) };
}

/** All that is wrong with what has the form of a profile, but for what its graph's compiler finds. */
export function profileFaults(profile: Profile): readonly ValidationError[] {
  const { intake_schema: schema } = profile;
  // Profiles came out of a request or a file, so what they hold is JSON.
  const compiled = schema === undefined ? undefined : compileJsonSchema(schema as JsonObject);
  const faults = compiled !== undefined && 'faults' in compiled ? compiled.faults : [];
  return [
    ...faults.map((fault) => ({ ...fault, path: `/intake_schema${fault.path}` })),
    ...profileProblems(profile),
  ];
}

/** What of a schema of JSON Schema is looked at here. */
interface Parts {
  readonly properties?: Readonly<Record<string, TSchema>>;
  readonly required?: readonly string[];
  readonly items?: TSchema;
  readonly anyOf?: readonly TSchema[];
}

/**
 * Goes down part by part: a check of the whole stops after some errors, and tells of all forms of a
 * gate where one was meant.
 */
function look(schema: TSchema, value: unknown, path: string, problems: ValidationError[]): void {
  const { properties, required = [], items, anyOf }: Parts = schema;
  if (anyOf !== undefined && isRecord(value)) {
    const form = anyOf.find((one) => kindOf(one) === value.type);
    if (form !== undefined) look(form, value, path, problems);
    else
      problems.push({ path: `${path}/type`, message: `must be one of ${GATE_TYPES.join(', ')}` });
  } else if (properties !== undefined && isRecord(value)) {
    for (const name of required) {
      if (!Object.hasOwn(value, name))
        problems.push({ path: `${path}/${name}`, message: 'is required' });
    }
    for (const [name, part] of Object.entries(value)) {
      const at = `${path}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
      const known = Object.hasOwn(properties, name) ? properties[name] : undefined;
      if (known === undefined) problems.push({ path: at, message: 'is not a known field' });
      else look(known, part, at, problems);
    }
  } else if (items !== undefined && Array.isArray(value)) {
    const before = problems.length;
    value.forEach((item, i) => void look(items, item, `${path}/${i}`, problems));
    // What is wrong with the list itself: too long, or too short.
    if (problems.length === before) leaf(schema, value, path, problems);
  } else {
    leaf(schema, value, path, problems);
  }
}

function leaf(schema: TSchema, value: unknown, path: string, problems: ValidationError[]): void {
  const check = Compile(schema);
  if (check.Check(value)) return;
  for (const one of schemaProblems(check.Errors(value), value)) {
    problems.push({ ...one, path: `${path}${one.path}` });
  }
}

function kindOf(form: TSchema): unknown {
  const { properties }: Parts = form;
  const type: { readonly const?: unknown } | undefined = properties?.type;
  return type?.const;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
