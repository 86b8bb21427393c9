/** The columns of the list of runs besides those that it always has, in their order. */
export const RUN_COLUMNS = [
  'kind',
  'profile',
  'progress',
  'created',
  'started',
  'ended',
  'took',
  'priority',
  'by',
  'tags',
  'id',
] as const;
export type RunColumn = (typeof RUN_COLUMNS)[number];

export const FIRST_COLUMNS: readonly RunColumn[] = [
  'progress',
  'created',
  'took',
  'by',
  'tags',
  'id',
];

/** Known columns, each once, in the order of the list. */
export function readColumns(names: readonly string[]): readonly RunColumn[] {
  return RUN_COLUMNS.filter((column) => names.includes(column));
}

/** With one column more or less. */
export function toggleColumn(
  columns: readonly RunColumn[],
  column: RunColumn,
): readonly RunColumn[] {
  return readColumns(
    columns.includes(column) ? columns.filter((one) => one !== column) : [...columns, column],
  );
}

const WIDTHS: Readonly<Record<RunColumn, string>> = {
  kind: '68px',
  profile: 'minmax(80px, 150px)',
  progress: '112px',
  created: '84px',
  started: '84px',
  ended: '84px',
  took: '76px',
  priority: '56px',
  by: 'minmax(60px, 110px)',
  tags: 'minmax(60px, 140px)',
  id: '108px',
};

/** The tracks of a grid with these columns behind a box to tick, the status and the name. */
export function columnTracks(columns: readonly RunColumn[]): string {
  return ['20px 112px minmax(180px, 1fr)', ...columns.map((one) => WIDTHS[one])].join(' ');
}
