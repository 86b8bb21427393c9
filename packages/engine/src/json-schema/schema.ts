/** A JSON Schema in the form that checking goes over: read once, every part where it is needed. */
import type { Pattern } from '../expression/pattern.ts';

export type TypeName = 'null' | 'boolean' | 'object' | 'array' | 'number' | 'integer' | 'string';

/** `true`, `false`, or what a value must be; all that is given must hold. */
export type Schema = boolean | SchemaNode;

export interface SchemaNode {
  types?: readonly TypeName[];
  /** Canonical JSON of the values that are allowed. */
  values?: ReadonlySet<string>;
  numbers?: NumberRules;
  text?: TextRules;
  list?: ListRules;
  object?: ObjectRules;
  ref?: Reference;
  allOf?: readonly Schema[];
  anyOf?: readonly Schema[];
  oneOf?: readonly Schema[];
  not?: Schema;
  condition?: { readonly test: Schema; readonly yes?: Schema; readonly no?: Schema };
  /** What stands for the value when there is none. */
  default?: { readonly value: unknown };
}

/** Another part of the schema; it may be around this one. */
export interface Reference {
  readonly pointer: string;
  target: Schema;
}

export interface NumberRules {
  readonly multipleOf?: number;
  readonly maximum?: number;
  readonly exclusiveMaximum?: number;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
}

export interface TextRules {
  readonly maxLength?: number;
  readonly minLength?: number;
  readonly pattern?: NamedPattern;
  readonly format?: string;
}

export interface NamedPattern {
  readonly source: string;
  readonly pattern: Pattern;
}

export interface ListRules {
  readonly prefix: readonly Schema[];
  readonly items?: Schema;
  readonly contains?: { readonly schema: Schema; readonly least: number; readonly most: number };
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly unique: boolean;
}

export interface ObjectRules {
  readonly properties: ReadonlyMap<string, Schema>;
  readonly patterns: readonly { readonly name: NamedPattern; readonly schema: Schema }[];
  readonly additional?: Schema;
  readonly names?: Schema;
  readonly required: readonly string[];
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly dependent: ReadonlyMap<string, readonly string[] | Schema>;
}
