import type { Needs } from '@tenuto/contract';
import { EXIT } from '../exit-code.ts';
import { tableLines } from '../terminal/table.ts';
import { printable, truncate } from '../terminal/text.ts';
import type { Command } from './command.ts';
import { PAGE } from './listing.ts';

export interface NeedsOptions {
  /** What waits for others, too. */
  readonly all?: boolean;
}

/** `tenuto needs`: what waits for you, and the command that answers it. */
export const showNeeds: Command<[options: NeedsOptions]> = async (
  { output, client },
  { all = false },
) => {
  const needs = await client().needs({ limit: PAGE });
  const count = all ? needs.total : needs.mine;
  output.result(needs, () => {
    const whom = all ? 'a person' : 'you';
    const others = all ? 0 : needs.total - needs.mine;
    const more = others > 0 ? ` Others have ${others} to decide: --all shows them.` : '';
    if (count === 0) return [`Nothing waits for ${whom}.${more}`];
    const rows = rowsOf(needs, all);
    const shown = rows.length < count ? `; the first ${rows.length} are shown` : '';
    return [
      `${count} ${count === 1 ? 'thing waits' : 'things wait'} for ${whom}${shown}.${more}`,
      ...tableLines(['WHAT', '', 'UNTIL', 'ANSWER WITH'], rows),
    ];
  });
  return EXIT.ok;
};

function rowsOf({ approvals, interventions, phases }: Needs, all: boolean): string[][] {
  const row = (kind: string, title: string, until: string | null, answer: string) => [
    ...[kind, truncate(printable(title), 60), until ?? '', answer],
  ];
  const wanted = <T extends { readonly mine: boolean }>(part: { items: readonly T[] } | null) =>
    (part?.items ?? []).filter(({ mine }) => all || mine);
  return [
    ...wanted(approvals).map(({ title, run_id: run, deadline_at: until, approval_id: id }) =>
      row('approval', title, until, `tenuto run approve ${run} --approval ${id}`),
    ),
    ...wanted(interventions).map(({ message, deadline_at: until, intervention_id: id }) =>
      row('decision', message, until, `tenuto interventions resolve ${id} retry|skip|abort`),
    ),
    ...wanted(phases).map(({ name, run_id: run, phases: next }) =>
      row(
        'phase',
        `${name}: ${next.map((one) => one.name).join(', ')}`,
        null,
        `tenuto run next ${run}`,
      ),
    ),
  ];
}
