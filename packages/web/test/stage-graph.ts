import { expect, vi } from 'vitest';
import { large, SIX, TEN_THOUSAND, THREE_HUNDRED } from './graph-jobs.ts';
import type { Stage } from './stage.ts';

/** Graphs of 6, 300 and 10,000 nodes that have ended, and one of 10,000 that goes on. */
export const stageGraph: Stage = async (client) => {
  const submitted = await Promise.all([
    client.jobs.submit(SIX),
    client.jobs.submit(THREE_HUNDRED),
    client.jobs.submit(large({ name: 'ten thousand', ...TEN_THOUSAND })),
  ]);
  const [six, hundreds, thousands] = submitted.map(({ job_id: id }) => `/runs/${id}`);
  for (const { job_id: id } of submitted) {
    await vi.waitFor(
      async () => expect((await client.jobs.get(id)).status).toMatch(/completed|failed/),
      { timeout: 240_000, interval: 200 },
    );
  }
  const going = await client.jobs.submit(
    large({ name: 'ten thousand, going', ...TEN_THOUSAND, slow: true }),
  );
  return [
    { name: 'run-6', path: `${six}` },
    { name: 'run-6-node', path: `${six}?node=deploy` },
    { name: 'run-300', path: `${hundreds}` },
    { name: 'run-300-unfolded', path: `${hundreds}?open=all` },
    { name: 'run-300-critical', path: `${hundreds}?lit=critical` },
    { name: 'run-300-failed', path: `${hundreds}?states=failed,not_reached` },
    { name: 'run-10000', path: `${thousands}` },
    { name: 'run-10000-unfolded', path: `${thousands}?open=all` },
    { name: 'run-10000-going', path: `/runs/${going.job_id}` },
  ];
};
