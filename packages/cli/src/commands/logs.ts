import type { LogLine } from '@tenuto/contract';
import { EXIT } from '../exit-code.ts';
import { printable, printableLines } from '../terminal/text.ts';
import type { Command, Session } from './command.ts';

export interface LogOptions {
  /** Shows when each line was written. */
  readonly times?: boolean;
}

/** `tenuto jobs logs ID [NODE]`: of one node, or of all that have been tried, in their order. */
export const showLogs: Command<
  [jobId: string, nodeId: string | undefined, options: LogOptions]
> = async (session, jobId, nodeId, options) => {
  const { jobs } = session.client();
  if (nodeId !== undefined) {
    await showNodeLogs(session, { jobId, nodeId, label: '' }, options);
    return EXIT.ok;
  }
  for await (const { node_id, attempts } of jobs.nodes(jobId, { limit: 100 })) {
    if (attempts === 0) continue;
    await showNodeLogs(session, { jobId, nodeId: node_id, label: `${node_id} | ` }, options);
  }
  return EXIT.ok;
};

interface NodeLogs {
  readonly jobId: string;
  readonly nodeId: string;
  readonly label: string;
}

async function showNodeLogs(
  { output, client }: Session,
  { jobId, nodeId, label }: NodeLogs,
  options: LogOptions,
): Promise<void> {
  for await (const line of client().jobs.logs(jobId, nodeId, { limit: 100 })) {
    output.event({ node_id: nodeId, ...line });
    const prefix = output.palette.dim(printable(label + (options.times ? `${line.at} ` : '')));
    output.say(...textLines(line).map((text) => prefix + text));
  }
}

function textLines({ text }: LogLine): readonly string[] {
  return printableLines(text.replace(/\r?\n$/, ''));
}
