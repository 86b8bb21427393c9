/** Decisions: a person or the deadline, never both, and the run hears of exactly one. */
import { randomUUID } from 'node:crypto';
import type { Decision } from '@tenuto/engine';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  ADMIN,
  ANN,
  type ApiDesk,
  addIntervention,
  auditOf,
  EVE,
  openApiDesk,
} from './api-desk.ts';
import { lockAwaited } from './desk.ts';

let desk: ApiDesk;
beforeAll(async () => {
  desk = await openApiDesk();
});
afterAll(() => desk.close());
beforeEach(() => desk.ask('delete from interventions'));

const decide = (interventionId: string, over: Partial<Decision> = {}, access = ANN) =>
  desk.recoveries.decide(access, {
    ...{ interventionId, resolution: 'skip', result: { ok: true }, reason: 'seen before' },
    audit: auditOf('intervention.resolved', interventionId),
    ...over,
  });
const assign = (interventionId: string, assignee: string | null, version?: number) =>
  desk.recoveries.assign(ANN, {
    ...{ interventionId, assignee, ...(version !== undefined && { version }) },
    audit: auditOf('intervention.assigned', interventionId),
  });
const find = (id: string, access = ANN) => desk.recoveries.intervention(access, id);
const page = { limit: 10, offset: 0 };

describe('a decision', () => {
  test('is kept, told to the run and written down, in one statement', async () => {
    const { runId } = await desk.running();
    const id = await addIntervention(desk, { runId });
    expect(await decide(id)).toBe('changed');
    expect(await find(id)).toMatchObject({
      ...{ state: 'resolved', resolution: 'skip', result: { ok: true }, resolvedBy: 'ann' },
      ...{ runId, nodeId: 'only', version: 2, resolvedAt: expect.any(Number) },
    });
    expect(await desk.inbox(runId)).toEqual([
      {
        ...{ seq: 1, type: 'resolve' },
        body: {
          ...{ actor: 'ann', intervention: id, resolution: 'skip' },
          ...{ result: { ok: true }, reason: 'seen before' },
        },
      },
    ]);
    expect(await desk.audits(id)).toMatchObject([{ action: 'intervention.resolved' }]);
  });

  test('without a result leaves none, and null is a result', async () => {
    const { runId } = await desk.running();
    const bare = await addIntervention(desk, { runId });
    await desk.recoveries.decide(ANN, {
      ...{ interventionId: bare, resolution: 'retry' },
      audit: auditOf('intervention.resolved', bare),
    });
    const empty = await addIntervention(desk, { runId });
    await decide(empty, { result: null });
    const [first, second] = await desk.inbox(runId);
    expect(first?.body).not.toHaveProperty('result');
    expect(second?.body.result).toBeNull();
  });

  test('wakes a run that is parked', async () => {
    const { runId, id: run } = await desk.running();
    const park = {
      kind: 'release',
      status: 'running',
      inboxSeq: 0,
      progress: '{}',
      runId: run,
    } as const;
    await desk.flush({ updates: [{ ...park, wakeAt: Date.now() + 3_600_000 }] });
    const id = await addIntervention(desk, { runId });
    await decide(id);
    expect(await desk.store.claim({ ...desk.owner, limit: 100 })).toContain(runId);
  });

  test('about what was decided, has expired, or is about a run that is over comes too late', async () => {
    const { runId } = await desk.running();
    for (const state of ['resolved', 'expired', 'cancelled']) {
      expect(await decide(await addIntervention(desk, { runId, state }))).toBe('closed');
    }
    const over = await addIntervention(desk, { runId: await desk.ended('failed') });
    expect(await decide(over)).toBe('closed');
    expect(await desk.inbox(runId)).toEqual([]);
    expect(await desk.audits(over)).toEqual([]);
  });

  test('about another version, by somebody else, about nothing, is none', async () => {
    const { runId } = await desk.running();
    const id = await addIntervention(desk, { runId });
    expect(await decide(id, { version: 2 })).toBe('stale');
    expect(await decide(id, {}, EVE)).toBe('missing');
    expect(await decide(randomUUID())).toBe('missing');
    expect(await find(id, EVE)).toBeUndefined();
    expect(await decide(id, { version: 1 }, ADMIN)).toBe('changed');
  });
});

describe('an assignment', () => {
  test('names who is asked, and nobody again', async () => {
    const { runId } = await desk.running();
    const id = await addIntervention(desk, { runId });
    expect(await assign(id, 'bob')).toBe('changed');
    expect(await find(id)).toMatchObject({ state: 'assigned', assignee: 'bob', version: 2 });
    expect(await assign(id, null, 2)).toBe('changed');
    expect(await find(id)).toMatchObject({ state: 'open', assignee: null, version: 3 });
    expect(await desk.audits(id)).toHaveLength(2);
    expect(await desk.inbox(runId)).toEqual([]);
  });

  test('of what is closed or of another version is refused', async () => {
    const { runId } = await desk.running();
    expect(await assign(await addIntervention(desk, { runId, state: 'expired' }), 'bob')).toBe(
      'closed',
    );
    expect(await assign(await addIntervention(desk, { runId }), 'bob', 9)).toBe('stale');
    expect(await assign(randomUUID(), 'bob')).toBe('missing');
  });
});

describe('a deadline that passes', () => {
  test('lets the default be what was decided', async () => {
    const { runId } = await desk.running();
    const id = await addIntervention(desk, { runId, deadlineMs: -1, byDefault: 'retry' });
    expect(await desk.store.expireInterventions()).toBe(1);
    expect(await find(id)).toMatchObject({
      ...{ state: 'expired', resolution: 'retry', resolvedBy: 'deadline', version: 2 },
    });
    expect(await desk.inbox(runId)).toMatchObject([
      {
        ...{ seq: 1, type: 'resolve' },
        body: { actor: 'deadline', intervention: id, resolution: 'retry' },
      },
    ]);
    expect(await desk.audits(id)).toMatchObject([
      { action: 'intervention.expired', actor: 'deadline' },
    ]);
    expect(await desk.store.expireInterventions()).toBe(0);
  });

  test('of several about one run are told under numbers of their own', async () => {
    const { runId } = await desk.running();
    const other = await desk.running();
    for (let i = 0; i < 5; i += 1) await addIntervention(desk, { runId, deadlineMs: -1 });
    await addIntervention(desk, { runId: other.runId, deadlineMs: -1, state: 'assigned' });
    expect(await desk.store.expireInterventions()).toBe(6);
    expect((await desk.inbox(runId)).map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5]);
    expect((await desk.inbox(other.runId)).map(({ seq }) => seq)).toEqual([1]);
    expect(await other.finish('completed', 0)).toBe(false);
  });

  test('leaves alone what has time, what is decided, and what has no deadline', async () => {
    const { runId } = await desk.running();
    await addIntervention(desk, { runId });
    await addIntervention(desk, { runId, deadlineMs: 60_000 });
    await addIntervention(desk, { runId, deadlineMs: -1, state: 'resolved' });
    expect(await desk.store.expireInterventions()).toBe(0);
    expect(await desk.inbox(runId)).toEqual([]);
  });

  test('wakes a run that is parked', async () => {
    const { runId, id: run } = await desk.running();
    const park = {
      kind: 'release',
      status: 'running',
      inboxSeq: 0,
      progress: '{}',
      runId: run,
    } as const;
    await desk.flush({ updates: [{ ...park, wakeAt: Date.now() + 3_600_000 }] });
    await addIntervention(desk, { runId, deadlineMs: -1 });
    await desk.store.expireInterventions();
    expect(await desk.store.claim({ ...desk.owner, limit: 100 })).toContain(runId);
  });

  test('does not wait for a run that somebody writes', async () => {
    const { runId } = await desk.running();
    const other = await desk.running();
    await addIntervention(desk, { runId, deadlineMs: -1 });
    await addIntervention(desk, { runId: other.runId, deadlineMs: -1 });
    const holder = await desk.session();
    await holder.query('begin');
    await holder.query('select 1 from run_live where run_id = $1 for update', [runId]);
    expect(await desk.store.expireInterventions()).toBe(1);
    await holder.query('rollback');
    expect(await desk.store.expireInterventions()).toBe(1);
  });
});

describe('at the same time', () => {
  test('100 times a decision and the deadline: exactly one of them wins', async () => {
    const winners = new Set<string>();
    for (let i = 0; i < 100; i += 1) {
      const { runId } = await desk.running();
      const id = await addIntervention(desk, { runId, deadlineMs: -1 });
      const expire = () => desk.store.expireInterventions();
      const [decided] =
        i % 2 === 0
          ? await Promise.all([decide(id), expire()])
          : (await Promise.all([expire(), decide(id)])).toReversed();
      await expire();
      const state = (await find(id))?.state;
      expect([decided, state]).toEqual(
        decided === 'changed' ? ['changed', 'resolved'] : ['closed', 'expired'],
      );
      expect(await desk.inbox(runId)).toHaveLength(1);
      expect(await desk.audits(id)).toHaveLength(1);
      winners.add(String(state));
    }
    expect(winners.size).toBe(2);
  });

  test('50 times five that decide: one does', async () => {
    for (let i = 0; i < 50; i += 1) {
      const { runId } = await desk.running();
      const id = await addIntervention(desk, { runId });
      const all = await Promise.all([1, 2, 3, 4, 5].map(() => decide(id)));
      expect(all.toSorted()).toEqual(['changed', 'closed', 'closed', 'closed', 'closed']);
      expect(await desk.inbox(runId)).toHaveLength(1);
    }
  });

  test('50 times two engines that look for deadlines: each passes once', async () => {
    for (let i = 0; i < 50; i += 1) {
      const { runId } = await desk.running();
      await addIntervention(desk, { runId, deadlineMs: -1 });
      const both = await Promise.all([1, 2].map(() => desk.store.expireInterventions()));
      expect(both.toSorted()).toEqual([0, 1]);
      expect(await desk.inbox(runId)).toHaveLength(1);
    }
  });

  test('50 times a decision and the end of the run: the run hears of it, or it is closed', async () => {
    for (let i = 0; i < 50; i += 1) {
      const run = await desk.running();
      const id = await addIntervention(desk, { runId: run.runId });
      const [decided, ended] = await Promise.all([decide(id), run.finish('failed')]);
      expect([decided, ended]).toEqual(ended ? ['closed', true] : ['changed', false]);
    }
  });

  test('100 times a decision and the flush that ends the run with it: nobody waits for ever', async () => {
    let ended = 0;
    for (let i = 0; i < 100; i += 1) {
      const { runId, id: run } = await desk.running();
      const id = await addIntervention(desk, { runId });
      const end = { kind: 'finish', status: 'failed', inboxSeq: 0, progress: '{}' } as const;
      const closed = {
        kind: 'intervention_closed',
        row: { intervention_id: id, at: new Date().toISOString() },
      } as const;
      const flush = () =>
        desk.flush({
          updates: [{ ...end, runId: run, completedAt: Date.now() }],
          asides: [closed],
        });
      const [decided, result] =
        i % 2 === 0
          ? await Promise.all([decide(id), flush()])
          : (([f, d]) => [d, f] as const)(await Promise.all([flush(), decide(id)]));
      const over = result.refused.length === 0;
      if (over) ended += 1;
      // What the owner closes beside an end that does not take is closed all the same.
      expect(['changed', 'closed']).toContain(decided);
      if (over) expect([decided, await desk.inbox(runId)]).toEqual(['closed', []]);
    }
    expect(ended).toBeGreaterThan(0);
  });

  test('a decision waits for the owner, who closes the intervention with the run', async () => {
    const { runId } = await desk.running();
    const id = await addIntervention(desk, { runId });
    const owner = await desk.session();
    await owner.query('begin');
    await owner.query('delete from run_live where run_id = $1', [runId]);
    const decided = decide(id);
    await lockAwaited(desk);
    await owner.query(`update interventions set state = 'cancelled' where intervention_id = $1`, [
      id,
    ]);
    await owner.query('commit');
    expect(await decided).toBe('closed');
  });
});

describe('a list of interventions', () => {
  test('is of the newest first, page by page, and only of what its reader may see', async () => {
    const { runId } = await desk.running();
    const ids: string[] = [];
    for (let i = 0; i < 5; i += 1) ids.unshift(await addIntervention(desk, { runId }));
    ids.sort().reverse();
    await addIntervention(desk, { runId, owner: 'bob' });
    const first = await desk.recoveries.interventions(ANN, {}, { limit: 3, offset: 0 });
    expect(first).toMatchObject({ total: 5, hasMore: true });
    const after = first.items.at(-1)?.interventionId ?? '';
    const rest = await desk.recoveries.interventions(ANN, {}, { limit: 3, offset: 0, after });
    const all = [...first.items, ...rest.items].map((item) => item.interventionId);
    expect(all).toEqual(ids);
    expect(rest.hasMore).toBe(false);
    expect((await desk.recoveries.interventions(ADMIN, {}, page)).total).toBe(6);
    expect((await desk.recoveries.interventions(EVE, {}, page)).total).toBe(0);
  });

  test('is of one run, of some states, or of one assignee', async () => {
    const { runId } = await desk.running();
    const other = await desk.running();
    const mine = await addIntervention(desk, { runId, state: 'assigned', assignee: 'bob' });
    await addIntervention(desk, { runId, state: 'resolved' });
    await addIntervention(desk, { runId: other.runId });
    const ids = async (filter: Parameters<typeof desk.recoveries.interventions>[1]) =>
      (await desk.recoveries.interventions(ANN, filter, page)).items.map(
        (item) => item.interventionId,
      );
    expect(await ids({ runId })).toHaveLength(2);
    expect(await ids({ states: ['open', 'assigned'] })).toHaveLength(2);
    expect(await ids({ assignee: 'bob' })).toEqual([mine]);
    expect(await ids({ assignee: 'bob', states: ['open'] })).toEqual([]);
  });

  test('loses what is left of runs that are over: nobody need decide', async () => {
    const over = await addIntervention(desk, { runId: await desk.ended('failed') });
    const { runId } = await desk.running();
    const open = await addIntervention(desk, { runId });
    await desk.store.maintain();
    expect((await find(over))?.state).toBe('cancelled');
    expect((await find(open))?.state).toBe('open');
  });
});
