import {
  ApprovalListSchema,
  ApprovalSchema,
  RaisedBudgetSchema,
  RunGovernanceSchema,
} from '@tenuto/contract';
import { afterEach, expect, it } from 'vitest';
import { closeServers, connect } from '../test/connect.ts';
import { exampleOf } from '../test/contract-example.ts';
import type { Client } from './index.ts';

afterEach(closeServers);

/** What a use of the client has sent, and what it was answered. */
async function sent<T>(schema: object, use: (client: Client) => Promise<T>) {
  const { client, server } = await connect(() => ({ status: 200, body: exampleOf(schema) }));
  const answer = await use(client);
  const [{ method = '', url = '', body } = {}] = server.seen;
  return { answer, asked: [method, url.replace('/api/v1', ''), body] };
}

it('approvals are read, listed and decided', async () => {
  const one = await sent(ApprovalSchema, ({ approvals }) => approvals.get('a'));
  expect(one.answer.decisions[0]?.by).toBe('user:ann');
  const list = await sent(ApprovalListSchema, ({ approvals }) =>
    approvals.list({ state: ['open'], mine: true }).first(),
  );
  expect(list.asked[1]).toBe('/approvals?state=open&mine=true');
  const body = { decision: 'delegate', delegate_to: 'user:bob' } as const;
  const decided = await sent(ApprovalSchema, ({ approvals }) => approvals.decide('r', body));
  expect(decided.asked).toEqual(['POST', '/runs/r/approve', body]);
});

it('an approval of money alone is answered with the budget', async () => {
  const body = { decision: 'approve', budget_usd: 5 } as const;
  const { answer } = await sent(RaisedBudgetSchema, ({ approvals }) => approvals.decide('r', body));
  expect(answer).toHaveProperty('budget');
});

it('the gates of a run are read', async () => {
  const { answer, asked } = await sent(RunGovernanceSchema, ({ runs }) => runs.governance('r'));
  expect(asked.slice(0, 2)).toEqual(['GET', '/runs/r/governance']);
  expect(answer.phases[0]?.gates[0]).toMatchObject({ id: 'coverage', value: 0.71 });
});
