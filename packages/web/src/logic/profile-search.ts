import { textsOf } from './search-texts.ts';

/** What the addresses of profiles say besides the profile. */
export const PROFILE_VIEWS = ['graph', 'outline', 'source', 'plan'] as const;
export type ProfileViewName = (typeof PROFILE_VIEWS)[number];

export interface ProfileSearch {
  readonly view?: ProfileViewName;
  /** The place of what is selected; two of them for a way between two. */
  readonly at?: string;
  /** Whether a run of it is being prepared. */
  readonly start?: 'yes';
  /** Of a new one: the profile that it begins as. */
  readonly from?: string;
}

const PLACE = /^\/phases\/\d+(\/(agents|gates)\/\d+)?$/;

export function readProfileSearch(search: Readonly<Record<string, unknown>>): ProfileSearch {
  const view = PROFILE_VIEWS.find((one) => one === search.view);
  const { at } = search;
  const isPlace = typeof at === 'string' && at.split(' ').every((place) => PLACE.test(place));
  return {
    ...(view !== undefined && { view }),
    ...(isPlace && { at }),
    ...(search.start === 'yes' && { start: 'yes' as const }),
    ...textsOf(search, 'from'),
  };
}
