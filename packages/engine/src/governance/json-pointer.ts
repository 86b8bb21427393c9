/**
 * What a JSON Pointer (RFC 6901) names in a value; undefined when it is not there, or the text is no
 * pointer.
 * @param pointer empty for the value as a whole, otherwise beginning with `/`
 */
export function atPointer(value: unknown, pointer: string): unknown {
  if (pointer === '') return value;
  if (!pointer.startsWith('/')) return undefined;
  let found = value;
  for (const token of pointer.slice(1).split('/')) {
    const key = token.replaceAll('~1', '/').replaceAll('~0', '~');
    if (Array.isArray(found)) {
      found = /^(0|[1-9]\d{0,8})$/.test(key) ? found[Number(key)] : undefined;
    } else if (found !== null && typeof found === 'object' && Object.hasOwn(found, key)) {
      found = (found as Readonly<Record<string, unknown>>)[key];
    } else {
      return undefined;
    }
  }
  return found;
}
