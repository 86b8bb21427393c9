/** What the address of a comparison says. */
export interface CompareSearch {
  /** Ids of runs, with commas between. */
  readonly ids?: string;
  /** Nodes that are the same are listed, too. */
  readonly all?: 'yes';
}

export function readCompareSearch({ ids, all }: Readonly<Record<string, unknown>>): CompareSearch {
  return {
    ...(typeof ids === 'string' && ids !== '' && { ids }),
    ...(all === 'yes' && { all }),
  };
}

const MOST_RUNS = 4;

/** The runs that are compared: each once, and no more than the server compares. */
export function comparedIds({ ids = '' }: CompareSearch): readonly string[] {
  const all = ids.split(',').map((id) => id.trim());
  return [...new Set(all.filter((id) => id !== ''))].slice(0, MOST_RUNS);
}
