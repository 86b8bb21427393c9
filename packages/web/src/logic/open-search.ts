import { textsOf } from './search-texts.ts';

/** What the address of a list of things says: which of them is open, and what the list shows. */
export interface OpenSearch {
  /** The id or name of the thing that is open, or `new` for one that is being made. */
  readonly open?: string;
  /** How the names of those that are shown begin. */
  readonly name?: string;
  readonly status?: string;
}

export const NEW = 'new';

export function readOpenSearch(search: Readonly<Record<string, unknown>>): OpenSearch {
  return textsOf(search, 'open', 'name', 'status');
}
