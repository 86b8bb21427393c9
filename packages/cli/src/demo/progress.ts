import { setTimeout as sleep } from 'node:timers/promises';
import type { Job } from '@tenuto/contract';
import type { Client } from '@tenuto/sdk';

const POLL_MS = 150;
const BAR_WIDTH = 30;
const OVER = new Set(['completed', 'failed', 'cancelled', 'timeout', 'aborted']);

/** Shows a job's progress until it is over: a bar on a terminal, else a line at each tenth. */
export async function followJob(
  client: Client,
  submitted: Pick<Job, 'job_id'>,
  out: NodeJS.WriteStream,
): Promise<Job> {
  let tenth = -1;
  for (;;) {
    const job = await client.jobs.get(submitted.job_id);
    const over = OVER.has(job.status) && job.completed_at !== null;
    const now = Math.floor(job.progress_percentage / 10);
    if (out.isTTY) out.write(`\r  ${progressLine(job)}${over ? '\n' : ''}`);
    else if (now > tenth || over) out.write(`  ${progressLine(job)}\n`);
    tenth = now;
    if (over) return job;
    await sleep(POLL_MS);
  }
}

/** One line: a bar, how much is done, how many nodes run. */
export function progressLine(job: Pick<Job, 'progress_percentage' | 'counts' | 'status'>): string {
  const filled = Math.round((job.progress_percentage / 100) * BAR_WIDTH);
  const { pending, running, completed, failed, skipped } = job.counts;
  const ended = completed + failed + skipped;
  const bar = '█'.repeat(filled) + '░'.repeat(BAR_WIDTH - filled);
  return `${bar} ${ended}/${ended + pending + running} nodes, ${running} running, ${job.status}`;
}
