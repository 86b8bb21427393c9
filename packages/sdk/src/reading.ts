import { type Listing, listing, pageOf } from './listing.ts';
import type { Shape } from './shape.ts';
import { type Query, send, type TransportOptions } from './transport.ts';

export interface CallOptions {
  readonly signal?: AbortSignal;
}

/** What reads one thing, or a list of them, from a path. */
export interface Reader {
  read<T>(path: string, shape: Shape<T>, query: Query, options?: CallOptions): Promise<T>;
  list<T>(path: string, shape: Shape<T>, query?: Query, options?: CallOptions): Listing<T>;
}

export function createReader(transport: TransportOptions): Reader {
  const read: Reader['read'] = (path, shape, query, options = {}) =>
    send(transport, { method: 'GET', path, shape, query, repeatable: true, ...signalOf(options) });
  return {
    read,
    list: (path, shape, query = {}, options) =>
      listing((cursor) =>
        // A cursor continues from where a page ended, so an offset would skip items once more.
        read(
          path,
          pageOf(shape),
          cursor ? { ...query, offset: undefined, cursor } : query,
          options,
        ),
      ),
  };
}

export function signalOf({ signal }: CallOptions): CallOptions {
  return signal === undefined ? {} : { signal };
}

/** One part of a path. URLs resolve `.` and `..` even when encoded, so they cannot name anything. */
export function segment(id: string): string {
  if (id === '' || id === '.' || id === '..' || !id.isWellFormed()) {
    throw new TypeError(`The id "${id}" cannot be part of an address.`);
  }
  return encodeURIComponent(id);
}

/** The metadata that a list is narrowed by, as parameters of its own. */
export function metadataQuery(metadata: Readonly<Record<string, string>> = {}): Query {
  const wanted = Object.entries(metadata).map(([key, value]) => [`metadata.${key}`, value]);
  return Object.fromEntries(wanted);
}
