/** What forms made of a JSON Schema say. */
export const FORM_WORDS = {
  leftOut: 'Left out',
  byDefault: (value: string) => `Left empty: ${value}`,
  yes: 'Yes',
  no: 'No',
  add: 'Add one',
  item: (at: number) => `Number ${at}`,
  remove: (at: number) => `Remove number ${at}`,
  json: 'as JSON',
  values: 'Parameters',
  none: 'It takes no parameters.',
  problems: {
    required: () => 'Is needed.',
    number: () => 'Is not a number.',
    whole: () => 'Is not a whole number.',
    small: (least: string) => `Is less than ${least}.`,
    large: (most: string) => `Is more than ${most}.`,
    pattern: (pattern: string) => `Does not fit ${pattern}.`,
    json: (why: string) => `Is not JSON: ${why}`,
  },
} as const;
