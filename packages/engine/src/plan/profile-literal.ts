import type { Json, JsonObject } from '@tenuto/contract';

/** Written into parameters so that it arrives as it is: what looks like a template in it is text. */
export function literal(value: object): JsonObject;
export function literal(value: string): string;
export function literal(value: object | string): Json {
  // Profiles are JSON: they came out of a request or a file.
  return escaped(value as Json);
}

function escaped(value: Json): Json {
  if (typeof value === 'string') return value.replaceAll('${', () => '$${');
  if (Array.isArray(value)) return value.map(escaped);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, escaped(one)]));
}
