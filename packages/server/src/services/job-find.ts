import { OrchestrationError } from '@tenuto/contract';
import type { Access, RunRecord } from '@tenuto/engine';
import type { JobParts } from './services.ts';

/**
 * Finds a job, or answers as if it were not there.
 * @throws OrchestrationError 404
 */
export async function findJob(
  { jobs }: Pick<JobParts, 'jobs'>,
  access: Access,
  jobId: string,
): Promise<RunRecord> {
  const run = await jobs.find(access, jobId.toLowerCase());
  if (run === undefined) throw new OrchestrationError('not_found', `There is no job ${jobId}.`);
  return run;
}
