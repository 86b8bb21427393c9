import type { Json, JsonObject, TestEntry } from '@tenuto/contract';
import type { CatalogueQuery } from '@tenuto/sdk';
import { parseText } from '../document/parse-text.ts';
import { FileError, type SourceText } from '../document/source-text.ts';
import { EXIT } from '../exit-code.ts';
import { UsageError } from '../failure.ts';
import { tableLines } from '../terminal/table.ts';
import { printable, truncate } from '../terminal/text.ts';
import type { Command } from './command.ts';
import { readSource } from './job-input.ts';
import { PAGE, readCount, showList } from './listing.ts';

export interface EntryListOptions {
  readonly kind?: string;
  readonly suite?: string;
  readonly owner?: string;
  /** As it was written. */
  readonly limit: string;
}

/** `tenuto tests catalogue ls`: by id. */
export const listEntries: Command<[options: EntryListOptions]> = async (session, options) => {
  const { kind, suite, owner } = options;
  if (kind !== undefined && kind !== 'suite' && kind !== 'case') {
    throw new UsageError(`An entry is a suite or a case; "${kind}" is neither.`);
  }
  const limit = readCount(options.limit);
  const query: CatalogueQuery = {
    ...(kind && { kind }),
    ...(suite && { suite_id: suite }),
    ...(owner && { owner }),
    limit: Math.min(limit, PAGE),
  };
  const listing = session.client().tests.catalogue.list(query);
  return showList(session, { listing, limit }, (entries) =>
    tableLines(['ID', 'KIND', 'SUITE', 'OWNER', 'COMMAND'], entries.map(entryRow)),
  );
};

function entryRow(entry: TestEntry): readonly string[] {
  return [
    entry.id,
    entry.kind,
    entry.suite_id ?? '',
    truncate(printable(entry.owner ?? ''), 20),
    truncate(printable((entry.command ?? []).join(' ')), 60),
  ];
}

/** `tenuto tests catalogue get ID`. */
export const getEntry: Command<[id: string]> = async ({ output, client }, id) => {
  const entry = await client().tests.catalogue.get(id);
  output.result(entry, () => JSON.stringify(told(entry), null, 2).split('\n').map(printable));
  return EXIT.ok;
};

/** What an entry says, without what it leaves out. */
function told(entry: TestEntry): object {
  const isSaid = ([, value]: [string, unknown]) =>
    value !== null && (typeof value !== 'object' || Object.keys(value).length > 0);
  return Object.fromEntries(Object.entries(entry).filter(isSaid));
}

/** `tenuto tests catalogue put FILE`: an entry, or a list of them, in the order of the file. */
export const putEntries: Command<[path: string]> = async (session, path) => {
  const source = await readSource(session, path);
  const entries = readEntries(source);
  const { catalogue } = session.client().tests;
  const items: TestEntry[] = [];
  for (const { id, body } of entries) items.push(await catalogue.put(id, body));
  session.output.result({ items }, () =>
    items.map(({ id, kind, version }) =>
      version === 1 ? `${kind} ${id} is registered` : `${kind} ${id} is at version ${version}`,
    ),
  );
  return EXIT.ok;
};

/** `tenuto tests catalogue rm ID`. */
export const deleteEntry: Command<[id: string]> = async ({ output, client }, id) => {
  const entry = await client().tests.catalogue.delete(id);
  output.result(entry, () => [`${entry.kind} ${entry.id} is deleted`]);
  return EXIT.ok;
};

interface FileEntry {
  readonly id: string;
  readonly body: JsonObject;
}

/** @throws FileError with the place of an entry without an id */
function readEntries(source: SourceText): readonly FileEntry[] {
  const parsed = parseText(source);
  const { value: whole } = parsed;
  const isList = isArray(whole);
  return (isList ? whole : [whole]).map((value, i) => {
    const entry = isObject(value) ? entryOf(value) : undefined;
    if (entry !== undefined) return entry;
    const offset = parsed.offsetOf(isList ? [String(i)] : []) ?? 0;
    const message = 'An entry of the catalogue is an object with an "id".';
    throw new FileError(source, [{ message, offset }]);
  });
}

function entryOf({ id, ...body }: JsonObject): FileEntry | undefined {
  return typeof id === 'string' ? { id, body } : undefined;
}

function isArray(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
