import { LIMITS } from '@tenuto/contract';
import { Composer, type CST, type Document, isAlias, isMap, isScalar, isSeq, Parser } from 'yaml';
import type { ParsedText } from './parsed-text.ts';
import { FileError, type Finding, type SourceText } from './source-text.ts';
import { plainValue } from './yaml-value.ts';

/** YAML is read at about 1.5 MB a second; larger graphs come from programs, and those write JSON. */
const YAML_CHARS = 4 * 1024 * 1024;
/** More mistakes than this at once help nobody. */
const FINDINGS = 5;

const OPTIONS = {
  version: '1.2',
  schema: 'core',
  merge: false,
  resolveKnownTags: false,
  prettyErrors: false,
  // The library compares each key with all others of its map; `plainValue` keeps a set.
  uniqueKeys: false,
} as const;

/**
 * Reads a text as YAML 1.2 (core schema).
 *
 * @throws FileError for what is no YAML, and for YAML that is more than plain data
 */
export function parseYamlText(source: SourceText): ParsedText {
  const refuse = (message: string, offset?: number): never => {
    throw new FileError(source, [{ message, ...(offset !== undefined && { offset }) }]);
  };
  if (source.text.length > YAML_CHARS) {
    refuse(`YAML of more than ${YAML_CHARS / 1024 / 1024} MiB is not read; write it as JSON.`);
  }
  const tokens = [...new Parser().parse(source.text)];
  const tooDeep = findTooDeep(tokens);
  if (tooDeep !== undefined) {
    refuse(`This is nested more than ${LIMITS.jsonDepth} levels deep.`, tooDeep);
  }
  const [document, second] = [...new Composer(OPTIONS).compose(tokens)];
  if (document === undefined) return refuse('The file is empty.');
  const findings = findingsOf(document);
  if (findings.length > 0) throw new FileError(source, findings);
  if (second !== undefined) {
    refuse('A second document starts here; put it into a file of its own.', second.range[0]);
  }
  return {
    value: plainValue(source, document.contents),
    offsetOf: (path) => offsetIn(document, path),
  };
}

function findingsOf(document: Document.Parsed): readonly Finding[] {
  return [...document.errors, ...document.warnings]
    .slice(0, FINDINGS)
    .map(({ code, message, pos }) => ({
      message: code === 'TAG_RESOLVE_FAILED' ? `${message}; only plain data is read.` : message,
      offset: pos[0],
    }));
}

/** Offset of what is nested too deeply; found before the library descends into it. */
function findTooDeep(tokens: readonly CST.Token[]): number | undefined {
  const open: (readonly [token: CST.Token, depth: number])[] = tokens.map((token) => [token, 0]);
  for (let next = open.pop(); next; next = open.pop()) {
    const [token, depth] = next;
    if (depth > LIMITS.jsonDepth + 1) return token.offset;
    if (token.type === 'document' && token.value) open.push([token.value, depth]);
    if (!('items' in token)) continue;
    for (const item of token.items) {
      if (item.key) open.push([item.key, depth + 1]);
      if (item.value) open.push([item.value, depth + 1]);
    }
  }
  return undefined;
}

function offsetIn(document: Document.Parsed, path: readonly string[]): number | undefined {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const part of path) {
    if (isAlias(node)) node = node.resolve(document);
    if (isSeq(node)) {
      node = node.items[/^\d+$/.test(part) ? Number(part) : -1];
      if (node === undefined) return undefined;
      offset = startOf(node) ?? offset;
    } else if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && keyText(key) === part);
      if (pair === undefined) return undefined;
      node = pair.value;
      offset = startOf(pair.value) ?? startOf(pair.key) ?? offset;
    } else {
      return undefined;
    }
  }
  return offset;
}

/** Where a node has text of its own; a value that was left empty has none. */
function startOf(node: unknown): number | undefined {
  if (!isAlias(node) && !isScalar(node) && !isMap(node) && !isSeq(node)) return undefined;
  const range = node.range;
  return range && range[1] > range[0] ? range[0] : undefined;
}

function keyText(key: { readonly value: unknown; readonly source?: string }): string {
  return typeof key.value === 'string' ? key.value : (key.source ?? '');
}
