import type { OpenSearch } from '../../logic/open-search.ts';

/** What each part of the page of notifications is given. */
export interface PartProps {
  readonly may: boolean;
  readonly search: OpenSearch;
  readonly go: (next: OpenSearch) => void;
}
