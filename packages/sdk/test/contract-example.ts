/** The example that a schema of the contract carries: what a server may answer, field by field. */
export function exampleOf(schema: object): Readonly<Record<string, unknown>> {
  const examples: unknown = Reflect.get(schema, 'examples');
  const example: unknown = Array.isArray(examples) ? examples[0] : undefined;
  if (typeof example !== 'object' || example === null) throw new Error('a schema without example');
  return Object.fromEntries(Object.entries(example));
}
