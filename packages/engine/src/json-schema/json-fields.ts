import type { Json } from '@tenuto/contract';

export type JsonFields = { readonly [name: string]: Json };

export function isObject(value: Json | undefined): value is JsonFields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

export function own(fields: JsonFields, name: string): Json | undefined {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

export function numberIn(fields: JsonFields, name: string): number | undefined {
  const value = own(fields, name);
  return typeof value === 'number' ? value : undefined;
}
