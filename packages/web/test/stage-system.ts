import type { JobBody } from '@tenuto/sdk';
import { expect, vi } from 'vitest';
import type { Stage } from './stage.ts';

/** A circuit that somebody has opened, and the runs that wait for it. */
const MAINTAINED = 'payments.example';
const PAYS: JobBody = {
  job_name: 'settle the payments',
  dag_definition: {
    nodes: [
      {
        ...{ id: 'settle', uses: 'http.request', circuit_key: MAINTAINED },
        with: { url: 'http://127.0.0.1:9/' },
      },
    ],
  },
};

/** How a server does, and what those change who run it. */
export const stageSystem: Stage = async (client) => {
  await client.circuits.trip(MAINTAINED, { duration_ms: 3_600_000, reason: 'maintenance' });
  await client.circuits.trip('search.example', { duration_ms: 1 });
  await client.circuits.reset('search.example', { reason: 'well again' });
  const job = await client.jobs.submit(PAYS);
  const policy = await client.retryPolicies.create({
    ...{ name: 'patient', description: 'For services that are away for minutes.' },
    policy: {
      ...{ strategy: 'exponential_backoff', max_attempts: 7, base_delay_ms: 2_000 },
      ...{ max_delay_ms: 60_000, jitter: 'equal' },
    },
    applicable_job_types: ['import'],
  });
  await client.retryPolicies.update(policy.policy_id, { policy: { max_attempts: 6 } });
  await client.retryPolicies.create({
    ...{ name: 'listed', applicable_job_types: [] },
    policy: { strategy: 'custom_backoff', delays_ms: [500, 5_000, 30_000], jitter: 'none' },
  });
  await vi.waitFor(
    async () => expect((await client.runs.explain(job.job_id)).causes.circuit).toBe(1),
    { timeout: 60_000 },
  );
  const [row] = (await client.audit.list({ action: 'circuit.tripped' }).first()).items;
  const circuit = encodeURIComponent(MAINTAINED);
  return [
    { name: 'system', path: '/system' },
    { name: 'engines', path: '/system/engines' },
    { name: 'engines-empty', path: '/system/engines?state=stopped' },
    { name: 'doctor', path: '/system/doctor' },
    { name: 'circuits', path: '/system/circuits' },
    { name: 'circuit', path: `/system/circuits?circuit=${circuit}` },
    { name: 'circuits-empty', path: '/system/circuits?key=nothing' },
    { name: 'policies', path: '/system/policies' },
    { name: 'policy', path: `/system/policies?policy=${policy.policy_id}` },
    { name: 'policy-new', path: '/system/policies?policy=new' },
    { name: 'audit', path: '/system/audit' },
    { name: 'audit-row', path: `/system/audit?row=${row?.audit_id}` },
    { name: 'audit-empty', path: '/system/audit?actor=nobody' },
    { name: 'settings', path: '/system/settings' },
  ];
};
