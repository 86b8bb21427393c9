import { type List, OrchestrationError } from '@tenuto/contract';
import type { FiringKey, Page, PageRequest } from '@tenuto/engine';

/** The paging parameters of a list, as they were asked for. */
export interface Paging {
  readonly limit?: number;
  readonly offset?: number;
  readonly cursor?: string;
}

/** How the key of an item becomes a cursor and comes back. */
interface KeyCodec<Key> {
  readonly write: (key: Key) => readonly (string | number)[];
  /** Undefined for parts that were never written. */
  readonly read: (parts: readonly unknown[]) => Key | undefined;
}

const DEFAULT_LIMIT = 20;

/** @throws OrchestrationError 400 for a cursor that is none, and for one beside an offset */
export function pageRequest<Key>(
  { limit = DEFAULT_LIMIT, offset = 0, cursor }: Paging,
  codec: KeyCodec<Key>,
): PageRequest<Key> {
  if (cursor === undefined) return { limit, offset };
  if (offset > 0)
    throw refused('goes with a cursor no more: a cursor says where to go on', '/offset');
  const after = codec.read(partsOf(cursor));
  if (after === undefined) throw refused('is not a cursor that a list has given', '/cursor');
  return { limit, offset: 0, after };
}

/** The envelope of a page. */
export function listOf<Record, Key, Item>(
  page: Page<Record>,
  request: PageRequest<Key>,
  {
    codec,
    key,
    item,
  }: {
    readonly codec: KeyCodec<Key>;
    readonly key: (record: Record) => Key;
    readonly item: (record: Record) => Item;
  },
): List<Item> {
  const last = page.items.at(-1);
  return {
    items: page.items.map(item),
    total: page.total,
    ...(page.totalIsEstimate && { total_is_estimate: true as const }),
    limit: request.limit,
    offset: request.offset,
    has_more: page.hasMore,
    next_cursor: page.hasMore && last !== undefined ? writeCursor(codec, key(last)) : null,
  };
}

/** The cursor of a list that is held in memory: a position. */
export const positionKey: KeyCodec<number> = {
  write: (position) => [position],
  read: ([position]) => (isCount(position) ? position : undefined),
};

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
export const runKey: KeyCodec<string> = {
  write: (runId) => [runId],
  read: ([runId]) => (typeof runId === 'string' && UUID.test(runId) ? runId : undefined),
};

/** Two counts, by name. */
export function pairKey<First extends string, Second extends string>(
  first: First,
  second: Second,
): KeyCodec<{ readonly [name in First | Second]: number }> {
  return {
    write: (key) => [key[first], key[second]],
    read: ([a, b]) =>
      isCount(a) && isCount(b)
        ? ({ [first]: a, [second]: b } as { readonly [name in First | Second]: number })
        : undefined,
  };
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 0x7fffffff;
}

/** The cursor that goes on behind a key. */
export function writeCursor<Key>(codec: KeyCodec<Key>, key: Key): string {
  return cursorOf(codec.write(key));
}

function cursorOf(parts: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

function partsOf(cursor: string): readonly unknown[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    return Array.isArray(parts) ? parts : [];
  } catch {
    return [];
  }
}

function refused(message: string, path: string): OrchestrationError {
  return new OrchestrationError('validation_failed', `${path} ${message}.`, {
    validationErrors: [{ path, message }],
  });
}

/** A place in the ledger of a task. */
export const firingKey: KeyCodec<FiringKey> = {
  write: ({ at, key }) => [at, key],
  read: ([at, key]) =>
    Number.isSafeInteger(at) && typeof key === 'string' ? { at: Number(at), key } : undefined,
};
