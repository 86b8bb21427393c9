import type { Explanation, ReasonToWait } from '@tenuto/contract';
import { EXIT } from '../exit-code.ts';
import type { Palette } from '../terminal/palette.ts';
import { statusText } from '../terminal/status.ts';
import { printable } from '../terminal/text.ts';
import type { Command } from './command.ts';

/** `tenuto explain JOB`: why a job, and each of its nodes, does not go on. */
export const explain: Command<[runId: string, options: { readonly node?: string }]> = async (
  { output, client },
  runId,
  { node },
) => {
  const answer = await client().runs.explain(runId, node === undefined ? {} : { nodeId: node });
  output.result(answer, () => explanationLines(answer, output.palette));
  return EXIT.ok;
};

function explanationLines(answer: Explanation, palette: Palette): readonly string[] {
  const { status, summary, reasons, nodes, nodes_omitted: omitted } = answer;
  const shown = reasons.flatMap((reason) => reasonLines(reason, palette));
  return [
    `${statusText(status, palette)}  ${printable(summary)}`,
    // One reason alone is the summary.
    ...(reasons.length > 1 ? shown : reasons.flatMap((reason) => freeing(reason, palette))),
    ...nodes.flatMap((node) => [
      '',
      `${palette.bold(printable(node.node_id))}  ${statusText(node.status, palette)}`,
      ...node.reasons.flatMap((reason) => reasonLines(reason, palette)),
    ]),
    ...(omitted > 0 ? ['', `… and ${omitted} more nodes: ${causesText(answer)}`] : []),
  ];
}

function reasonLines(reason: ReasonToWait, palette: Palette): readonly string[] {
  return [`  ${printable(reason.detail)}`, ...freeing(reason, palette)];
}

function freeing({ frees }: ReasonToWait, palette: Palette): readonly string[] {
  return frees === null ? [] : [palette.dim(`  What frees it: ${printable(frees)}`)];
}

function causesText({ causes }: Explanation): string {
  return Object.entries(causes)
    .map(([cause, count]) => `${count} ${cause.replaceAll('_', ' ')}`)
    .join(', ');
}
