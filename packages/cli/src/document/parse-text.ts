import { parseJsonText } from './json-text.ts';
import type { ParsedText } from './parsed-text.ts';
import type { SourceText } from './source-text.ts';
import { parseYamlText } from './yaml-text.ts';

/**
 * Reads a text as JSON when it is JSON, else as YAML 1.2. What it yields is plain data: no dates,
 * no tags, no shared structure that grows without bound.
 *
 * @throws FileError with the place of what is wrong
 */
export function parseText(source: SourceText): ParsedText {
  return parseJsonText(source) ?? parseYamlText(source);
}
