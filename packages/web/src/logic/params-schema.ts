import type { Json, JsonObject } from '@tenuto/contract';
import { isObject } from './json-text.ts';

/** One parameter of a template, as a form asks for it. */
export interface ParamField {
  readonly name: string;
  readonly kind: 'text' | 'number' | 'switch' | 'choice' | 'json';
  readonly title: string;
  readonly description: string;
  readonly required: boolean;
  readonly choices: readonly Json[];
  /** What is put in where nothing is given. */
  readonly otherwise: Json | undefined;
}

/** The parameters that a JSON Schema names; undefined for one that a form cannot ask for. */
export function paramFields(schema: unknown): readonly ParamField[] | undefined {
  if (!isObject(schema) || !isObject(schema.properties)) return undefined;
  const required = Array.isArray(schema.required) ? schema.required : [];
  return Object.entries(schema.properties).map(([name, property]) => {
    const said: JsonObject = isObject(property) ? property : {};
    return {
      ...{ name, kind: kindOf(said), required: required.includes(name) },
      title: typeof said.title === 'string' ? said.title : name,
      description: typeof said.description === 'string' ? said.description : '',
      choices: Array.isArray(said.enum) ? said.enum : [],
      otherwise: said.default,
    };
  });
}

function kindOf({ type, enum: choices }: JsonObject): ParamField['kind'] {
  if (Array.isArray(choices)) return 'choice';
  if (type === 'string') return 'text';
  if (type === 'integer' || type === 'number') return 'number';
  return type === 'boolean' ? 'switch' : 'json';
}

/** Parameters with one of them changed; undefined takes it away, so that its default counts. */
export function withParam(params: JsonObject, name: string, value: Json | undefined): JsonObject {
  const { [name]: _before, ...others } = params;
  return value === undefined ? others : { ...others, [name]: value };
}
