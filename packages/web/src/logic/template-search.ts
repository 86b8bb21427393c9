import { textsOf } from './search-texts.ts';

/** What the address of a template says: which version, and with which one it is compared. */
export interface TemplateSearch {
  readonly version?: string;
  readonly against?: string;
}

const numberText = (value: unknown) =>
  typeof value === 'string' && /^[1-9]\d{0,8}$/.test(value) ? value : undefined;

export function readTemplateSearch(search: Readonly<Record<string, unknown>>): TemplateSearch {
  const version = numberText(search.version);
  const against = numberText(search.against);
  return { ...(version && { version }), ...(against && { against }) };
}

/** What the address of the form says: of which template a new one is a copy. */
export interface NewTemplateSearch {
  readonly of?: string;
}

export function readNewTemplateSearch(
  search: Readonly<Record<string, unknown>>,
): NewTemplateSearch {
  return textsOf(search, 'of');
}

/** What the address of a submission says: what it begins with. */
export interface SubmitSearch {
  readonly template?: string;
  readonly version?: string;
  readonly example?: string;
}

export function readSubmitSearch(search: Readonly<Record<string, unknown>>): SubmitSearch {
  const version = numberText(search.version);
  return {
    ...textsOf(search, 'template', 'example'),
    ...(version && { version }),
  };
}
