import { randomUUID } from 'node:crypto';
import type { Job } from '@tenuto/contract';
import { ConnectionError } from '@tenuto/sdk';
import { EXIT } from '../exit-code.ts';
import { jobLine } from '../watch/frame.ts';
import { readOutline } from '../watch/outline.ts';
import { watch } from '../watch/watch.ts';
import type { Command, Session } from './command.ts';
import { loadJob, readParams, withOverrides } from './job-input.ts';

export interface RunOptions {
  readonly watch?: boolean;
  readonly param?: readonly string[];
  readonly name?: string;
  readonly idempotencyKey?: string;
}

/** `tenuto run FILE`: submits a job, and with --watch stays until it is over. */
export const run: Command<[path: string, options: RunOptions]> = async (session, path, options) => {
  const { io, output } = session;
  const file = await loadJob(session, path);
  const body = withOverrides(file.body, {
    params: readParams(options.param ?? []),
    ...(options.name !== undefined && { name: options.name }),
  });
  const client = session.client();
  const job = await submit(session, options.idempotencyKey ?? randomUUID(), (idempotencyKey) =>
    client.jobs.submit(body, { idempotencyKey }),
  );
  if (!options.watch) {
    output.result(job, () => [
      jobLine(job, output.palette),
      `Watch it: tenuto jobs watch ${job.job_id}`,
    ]);
    return EXIT.ok;
  }
  output.event({ type: 'submitted', job });
  output.say(jobLine(job, output.palette));
  const outline = readOutline(body.dag_definition);
  return watch({ io, output, client, jobId: job.job_id, outline });
};

/** Without an answer nobody knows whether the job was taken; the key makes asking again safe. */
async function submit(
  { output }: Session,
  key: string,
  send: (key: string) => Promise<Job>,
): Promise<Job> {
  try {
    return await send(key);
  } catch (error) {
    if (error instanceof ConnectionError) {
      output.note(`If the server had taken the job, --idempotency-key ${key} will find it again.`);
    }
    throw error;
  }
}
