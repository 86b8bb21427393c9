import {
  BulkAnswerSchema,
  EffectivenessSchema,
  ExplanationSchema,
  InterventionListSchema,
  InterventionSchema,
  JobSchema,
  RecoveryAuditListSchema,
  RecoveryListSchema,
  RecoverySchema,
  RunListSchema,
  RunSchema,
} from '@tenuto/contract';
import { afterEach, describe, expect, it } from 'vitest';
import { closeServers, connect } from '../test/connect.ts';
import { exampleOf } from '../test/contract-example.ts';
import { ProtocolError } from './errors.ts';
import type { Client } from './index.ts';

afterEach(closeServers);

/** What a use of the client has sent, and what it was answered. */
async function sent<T>(schema: object, use: (client: Client) => Promise<T>) {
  const { client, server } = await connect(() => ({ status: 200, body: exampleOf(schema) }));
  const answer = await use(client);
  const [{ method = '', url = '', body, headers = {} } = {}] = server.seen;
  const path = url.replace('/api/v1', '');
  return { answer, asked: [method, path, body], headers };
}

describe('a job', () => {
  it.each<[string, (client: Client) => Promise<unknown>, unknown[]]>([
    ['paused', ({ jobs }) => jobs.pause('j', 'freeze'), ['pause', { reason: 'freeze' }]],
    ['resumed', ({ jobs }) => jobs.resume('j'), ['resume', {}]],
    ['retried', ({ jobs }) => jobs.retry('j', { from: 'start' }), ['retry', { from: 'start' }]],
    ['retried from what failed', ({ jobs }) => jobs.retry('j'), ['retry', {}]],
    [
      'recovered',
      ({ jobs }) => jobs.recover('j', { action: 'requeue_job', reason: 'x' }),
      ['recover', { action: 'requeue_job', reason: 'x' }],
    ],
    [
      'signalled',
      ({ jobs }) => jobs.signal('j', { name: 'go', payload: [1] }),
      ['signal', { name: 'go', payload: [1] }],
    ],
    [
      'spared a retry',
      ({ jobs }) => jobs.cancelRetry('j', 'a/b', 'enough'),
      ['nodes/a%2Fb/cancel-retry', { reason: 'enough' }],
    ],
  ])('is %s', async (_, use, [verb, body]) => {
    const { asked, headers } = await sent(JobSchema, use);
    expect(asked).toEqual(['POST', `/orchestration/job/j/${verb}`, body]);
    expect([headers['if-match'], headers.prefer]).toEqual([undefined, undefined]);
  });

  it('is asked for one version only, or without waiting, when that is said', async () => {
    const { headers } = await sent(JobSchema, ({ jobs }) =>
      jobs.pause('j', undefined, { version: 3, async: true }),
    );
    expect([headers['if-match'], headers.prefer]).toEqual(['"3"', 'respond-async']);
  });

  it('is not asked twice when no answer comes', async () => {
    const { client, server } = await connect(() => 'hang up');
    await expect(client.jobs.retry('j')).rejects.toThrow();
    expect(server.seen).toHaveLength(1);
  });
});

describe('recoveries', () => {
  it('are read, listed and given up', async () => {
    const one = await sent(RecoverySchema, ({ recoveries }) => recoveries.get('s'));
    expect([one.answer.progress, one.asked[1]]).toEqual([
      { done: 3, left: 5 },
      '/orchestration/recoveries/s',
    ]);
    const list = await sent(RecoveryListSchema, ({ recoveries }) =>
      recoveries.list({ job_id: 'j', status: 'running', limit: 5 }).first(),
    );
    expect(list.asked[1]).toBe('/orchestration/recoveries?job_id=j&status=running&limit=5');
    const given = await sent(RecoverySchema, ({ recoveries }) => recoveries.cancel('s'));
    expect(given.asked).toEqual(['POST', '/orchestration/recoveries/s/cancel', undefined]);
  });

  it('have their audit, and tell how well they work', async () => {
    const audits = await sent(RecoveryAuditListSchema, ({ recoveries }) =>
      recoveries.audits({ session_id: 's' }).first(),
    );
    expect(audits.asked[1]).toBe('/orchestration/recovery-audits?session_id=s');
    expect(audits.answer.items[0]?.event).toBe('completed');
    const { answer } = await sent(EffectivenessSchema, ({ recoveries }) =>
      recoveries.effectiveness(),
    );
    expect(answer.actions[0]?.success_rate).toBe(0.95);
  });
});

describe('interventions', () => {
  it('are read, listed, assigned and resolved', async () => {
    const one = await sent(InterventionSchema, ({ interventions }) => interventions.get('i'));
    expect(one.answer.default_resolution).toBe('abort');
    const list = await sent(InterventionListSchema, ({ interventions }) =>
      interventions.list({ state: ['open', 'assigned'] }).first(),
    );
    expect(list.asked[1]).toBe('/orchestration/interventions?state=open&state=assigned');
    const assigned = await sent(InterventionSchema, ({ interventions }) =>
      interventions.assign('i', null, { version: 2 }),
    );
    expect(assigned.asked).toEqual([
      ...['POST', '/orchestration/interventions/i/assign'],
      { assignee: null },
    ]);
    expect(assigned.headers['if-match']).toBe('"2"');
    const body = { resolution: 'skip', result: 1 } as const;
    const resolved = await sent(InterventionSchema, ({ interventions }) =>
      interventions.resolve('i', body),
    );
    expect(resolved.asked[2]).toEqual(body);
  });
});

describe('runs', () => {
  it('are read, listed and explained', async () => {
    const one = await sent(RunSchema, ({ runs }) => runs.get('r'));
    expect(one.answer.waiting_for?.cause).toBe('scheduled');
    const list = await sent(RunListSchema, ({ runs }) =>
      runs.list({ success: false, status: ['failed'] }).first(),
    );
    expect(list.asked[1]).toBe('/runs?success=false&status=failed');
    const why = await sent(ExplanationSchema, ({ runs }) => runs.explain('r', { nodeId: 'a b' }));
    expect(why.asked[1]).toBe('/runs/r/explain?node_id=a+b');
    expect(why.answer.nodes[0]?.reasons[0]?.cause).toBe('retry');
  });

  it('are changed many at once, again after silence: that does nothing twice', async () => {
    const { client, server } = await connect((_, count) =>
      count === 1 ? 'hang up' : { status: 200, body: exampleOf(BulkAnswerSchema) },
    );
    const request = { filter: { tag: 'x' }, action: 'retry', dry_run: true } as const;
    expect((await client.runs.bulk(request)).outcomes.changed).toBe(1);
    expect(server.seen).toHaveLength(2);
    expect(server.seen[1]?.body).toEqual(request);
  });

  it('with a cause that nobody knows are no answer of the API', async () => {
    const { client } = await connect(() => ({
      status: 200,
      body: { ...exampleOf(ExplanationSchema), reasons: [{ cause: 'mood', detail: '' }] },
    }));
    await expect(client.runs.explain('r')).rejects.toThrow(ProtocolError);
  });
});
