import { expect, vi } from 'vitest';
import { FAILS } from './jobs.ts';
import type { Stage } from './stage.ts';

/** A run beside its fork, one that has nothing beside it yet, and a log of several colours. */
export const stageCompare: Stage = async (client) => {
  const says = "console.log('\\u001b[32mwell\\u001b[0m'); console.error('not so well')";
  const job = await client.jobs.submit({ ...FAILS, job_name: 'checks beside others' });
  const spoken = await client.jobs.submit({
    job_name: 'speaks in colours',
    dag_definition: {
      nodes: [{ id: 'speak', uses: 'command.run', with: { command: ['node', '-e', says] } }],
    },
  });
  await vi.waitFor(async () => expect((await client.jobs.get(job.job_id)).status).toBe('failed'), {
    timeout: 60_000,
  });
  const fork = await client.runs.fork(job.job_id, { from_node: 'browser' });
  return [
    { name: 'compare', path: `/compare?ids=${job.job_id}%2C${fork.run_id}&all=yes` },
    { name: 'compare-one', path: `/compare?ids=${job.job_id}` },
    { name: 'compare-empty', path: '/compare' },
    { name: 'run-log', path: `/runs/${spoken.job_id}?tab=log` },
    { name: 'run-log-empty', path: `/runs/${job.job_id}?tab=log&node=prepare` },
  ];
};
