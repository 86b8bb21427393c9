import type { Json, JsonObject, ValidationError } from '@tenuto/contract';
import type { Finding, SourceText } from './source-text.ts';

/** A document as a file holds it. */
export interface DocumentFile {
  readonly source: SourceText;
  /** The body to send; nothing but its outer form has been checked. */
  readonly body: JsonObject;
  /** Maps what the server says of the body back to places in the file. */
  findingOf(error: ValidationError): Finding;
}

export function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
