/** The fields of an intake, by the schema that a profile has for it, and what was put into them. */
import type { Json, JsonObject } from '@tenuto/contract';
import { isList, isObject } from './json-place.ts';

export type IntakeKind = 'text' | 'number' | 'flag' | 'choice' | 'lines' | 'json';

export interface IntakeField {
  readonly name: string;
  readonly kind: IntakeKind;
  readonly title: string;
  readonly about: string;
  readonly isRequired: boolean;
  readonly choices: readonly string[];
  /** As text, as a field shows it. */
  readonly preset: string;
}

/** What people have put in, as text by the names of fields. */
export type IntakeTexts = Readonly<Record<string, string>>;

/** @returns undefined for a schema that is no list of fields; then the intake is written as text */
export function intakeFields(schema: unknown): readonly IntakeField[] | undefined {
  if (!isObject(schema) || !isObject(schema.properties)) return undefined;
  const required = isList(schema.required) ? schema.required : [];
  return Object.entries(schema.properties).map(([name, part]) => {
    const said = isObject(part) ? part : {};
    return {
      ...{ name, kind: kindOf(said), isRequired: required.includes(name) },
      title: typeof said.title === 'string' ? said.title : name.replaceAll('_', ' '),
      about: typeof said.description === 'string' ? said.description : '',
      choices: choicesOf(said),
      preset: said.default === undefined ? '' : shown(said.default, kindOf(said)),
    };
  });
}

function choicesOf({ enum: choices }: JsonObject): readonly string[] {
  return isList(choices) ? choices.filter((one) => typeof one === 'string') : [];
}

function kindOf(part: JsonObject): IntakeKind {
  if (isList(part.enum) && part.enum.every((one) => typeof one === 'string')) return 'choice';
  const type = typeof part.type === 'string' ? part.type : typeOf(part.default);
  if (type === 'string') return 'text';
  if (type === 'number' || type === 'integer') return 'number';
  if (type === 'boolean') return 'flag';
  if (type !== 'array') return 'json';
  const { items } = part;
  const isTexts = items === undefined || (isObject(items) && items.type === 'string');
  return isTexts ? 'lines' : 'json';
}

/** A field that says no type takes what its default is; any text, if it has none. */
function typeOf(preset: Json | undefined): string {
  if (isList(preset)) return preset.every((one) => typeof one === 'string') ? 'array' : 'json';
  if (preset === undefined || typeof preset === 'string') return 'string';
  return typeof preset === 'object' ? 'json' : typeof preset;
}

function shown(value: Json, kind: IntakeKind): string {
  if (kind === 'lines' && isList(value)) return value.map(String).join('\n');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

export type Intake =
  | { readonly intake: JsonObject }
  | { readonly faults: Readonly<Record<string, string>> };

/** The intake that was put in; an empty field is left out, so that its default holds. */
export function intakeOf(fields: readonly IntakeField[], texts: IntakeTexts): Intake {
  const entries: [string, Json][] = [];
  const faults: Record<string, string> = {};
  for (const { name, kind } of fields) {
    const text = texts[name] ?? '';
    if (text.trim() === '') continue;
    const value = partOf(text, kind);
    if (value === undefined) faults[name] = kind;
    else entries.push([name, value]);
  }
  return Object.keys(faults).length > 0 ? { faults } : { intake: Object.fromEntries(entries) };
}

function partOf(text: string, kind: IntakeKind): Json | undefined {
  if (kind === 'text' || kind === 'choice') return text;
  if (kind === 'lines') return text.split('\n').flatMap((line) => line.trim() || []);
  if (kind === 'flag') return text === 'true';
  if (kind === 'number') return Number.isFinite(Number(text)) ? Number(text) : undefined;
  try {
    const value: Json = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}
