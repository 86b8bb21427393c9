/**
 * Submits a job from code, answers its signal, waits for its end and prints what its nodes came to.
 *
 *   TENUTO_TOKEN=... npx node examples/sdk/submit.ts
 */
import { setTimeout } from 'node:timers/promises';
import { ApiError, createClient } from '@tenuto/sdk';

const { TENUTO_URL: baseUrl = 'http://127.0.0.1:8420', TENUTO_TOKEN: token = '' } = process.env;
const client = createClient({ baseUrl, token });

const { job_id: jobId } = await client.jobs.submit({
  job_name: 'from code',
  dag_definition: {
    nodes: [
      { id: 'approval', uses: 'signal.wait', with: { name: 'approved' } },
      {
        ...{ id: 'tell', needs: ['approval'], uses: 'transform.cel' },
        with: { value: `Approved by \${steps.approval.by}.` },
      },
    ],
  },
});
await client.jobs.signal(jobId, { name: 'approved', payload: { by: 'Ada' } });

let job = await client.jobs.get(jobId);
while (job.completed_at === null) {
  await setTimeout(200);
  job = await client.jobs.get(jobId);
}
console.log(job.job_name, job.status);
for await (const node of client.jobs.nodes(jobId)) {
  console.log(node.node_id, node.status, node.output);
}

// What the server refuses is an ApiError, with what to do about it.
try {
  await client.jobs.pause(jobId);
} catch (error) {
  if (!(error instanceof ApiError)) throw error;
  console.log(error.status, error.message, error.remedy);
}
