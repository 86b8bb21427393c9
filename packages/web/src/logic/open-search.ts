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
  const { open, name, status } = search;
  return {
    ...(typeof open === 'string' && open !== '' && { open }),
    ...(typeof name === 'string' && name !== '' && { name }),
    ...(typeof status === 'string' && status !== '' && { status }),
  };
}
