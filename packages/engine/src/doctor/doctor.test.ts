import { OrchestrationError } from '@tenuto/contract';
import { describe, expect, it } from 'vitest';
import { examinedOver } from '../../test/examined.ts';
import { work } from '../../test/graph-nodes.ts';
import { play } from '../../test/scenario.ts';
import type {
  CheckFindings,
  DoctorCheck,
  DoctorStore,
  ExaminationRequest,
  ExaminedRun,
} from '../ports/doctor-store.ts';
import { createDoctor } from './doctor.ts';
import { REPLAY_CHECK_LIST } from './replay-checks.ts';

const CHECKS: readonly DoctorCheck[] = [
  { name: 'lost', meaning: 'Nothing is lost.', severity: 'error', invariant: 1 },
  { name: 'litter', meaning: 'Nothing lies about.', severity: 'error', repair: 'Tidies up.' },
  { name: 'slow', meaning: 'All is quick.', severity: 'warning' },
];
const REPLAY_NAMES = REPLAY_CHECK_LIST.map(({ name }) => name);

/** A store in which some checks find so much, and some runs are come by. */
function scriptedStore(counts: Record<string, number> = {}, runs: readonly ExaminedRun[] = []) {
  const asked: ExaminationRequest[] = [];
  const repairs: unknown[] = [];
  const plans = new Map<string, string | Error>();
  const read: string[] = [];
  const found = (check: string): CheckFindings => ({
    check,
    count: counts[check] ?? 0,
    more: false,
    evidence: counts[check] ? [{ subject: 'it', detail: 'is wrong' }] : [],
  });
  const store: DoctorStore = {
    checks: CHECKS,
    async examine(request, visitor) {
      asked.push(request);
      for (const run of runs) await visitor?.visit(run);
      const sample = { liveRuns: 0, overRuns: runs.length, leftOut: 0 };
      return { sample, findings: request.checks.map(found) };
    },
    async plan(hash) {
      read.push(hash);
      const plan = plans.get(hash);
      if (plan instanceof Error) throw plan;
      return plan;
    },
    async repair(checks, by) {
      repairs.push({ checks, by });
      for (const check of checks) counts[check] = 0;
      return checks.map((check) => ({ check, count: 3 }));
    },
  };
  return { store, asked, repairs, plans, read, doctor: createDoctor(store) };
}

const verdicts = (report: { checks: readonly { name: string; verdict: string }[] }) =>
  Object.fromEntries(report.checks.map(({ name, verdict }) => [name, verdict]));

describe('an examination', () => {
  it('makes every check of the store, and those of replay', async () => {
    const { doctor, asked } = scriptedStore();
    const report = await doctor.examine();
    expect(report.verdict).toBe('ok');
    expect(report.checks.map(({ name }) => name)).toEqual(doctor.checks.map(({ name }) => name));
    expect(doctor.checks.map(({ name }) => name)).toEqual([
      ...CHECKS.map(({ name }) => name),
      ...REPLAY_NAMES,
    ]);
    expect(asked).toEqual([{ checks: ['lost', 'litter', 'slow'], runs: 500, nodes: 50_000 }]);
  });

  it.each([
    [{}, 'ok'],
    [{ slow: 1 }, 'warning'],
    [{ slow: 1, lost: 2 }, 'error'],
  ])('with %j has the verdict %s', async (counts, verdict) => {
    const { doctor } = scriptedStore(counts);
    const report = await doctor.examine();
    expect(report.verdict).toBe(verdict);
    expect(verdicts(report)).toMatchObject({
      lost: 'lost' in counts ? 'error' : 'ok',
      litter: 'ok',
      slow: 'slow' in counts ? 'warning' : 'ok',
    });
  });

  it('makes only the checks that are named, and comes by no run for those of the store', async () => {
    const visited: unknown[] = [];
    const { doctor, store, asked } = scriptedStore();
    const { examine } = store;
    store.examine = (request, visitor) => {
      visited.push(visitor);
      return examine(request, visitor);
    };
    const report = await doctor.examine({ checks: ['slow', 'lost'] });
    expect(report.checks.map(({ name }) => name)).toEqual(['lost', 'slow']);
    expect(asked[0]?.checks).toEqual(['lost', 'slow']);
    expect(visited).toEqual([undefined]);
  });

  it('refuses names that there are not, and says which there are', async () => {
    const { doctor, asked } = scriptedStore();
    const examined = doctor.examine({ checks: ['lost', 'magic', 'luck'] });
    await expect(examined).rejects.toMatchObject({
      code: 'validation_failed',
      message: 'There is no check magic, luck.',
      validationErrors: [{ path: '/checks', message: expect.stringContaining('lost, litter') }],
    });
    expect(asked).toEqual([]);
  });

  it('looks at far more runs when it is deep, and at as many as it is told to', async () => {
    const { doctor, asked } = scriptedStore();
    await doctor.examine({ deep: true });
    await doctor.examine({ deep: true, limit: 7 });
    expect(asked.map(({ runs, nodes }) => [runs, nodes])).toEqual([
      [20_000, 2_000_000],
      [7, 700],
    ]);
  });
});

describe('the runs that it comes by', () => {
  function completed() {
    const scenario = play([work('a')]);
    scenario.finish();
    return scenario;
  }

  it('are judged by their journals', async () => {
    const run = completed();
    const wrong = examinedOver(run, { status: 'failed' });
    const { doctor, plans } = scriptedStore({}, [examinedOver(run), wrong]);
    plans.set(run.plan.hash, run.plan.document);
    const report = await doctor.examine();
    expect(report.checks.filter(({ count }) => count > 0)).toMatchObject([
      {
        name: 'replay_status',
        verdict: 'error',
        count: 1,
        evidence: [{ subject: 'scenario', detail: 'failed, and replay ends completed' }],
      },
    ]);
  });

  it('are judged only by the checks that are made', async () => {
    const run = completed();
    const { doctor, plans } = scriptedStore({}, [examinedOver(run, { status: 'failed' })]);
    plans.set(run.plan.hash, run.plan.document);
    const report = await doctor.examine({ checks: ['replay_counts'] });
    expect(report).toMatchObject({ verdict: 'ok', checks: [{ name: 'replay_counts', count: 0 }] });
  });

  it('share the plan that is read once', async () => {
    const run = completed();
    const { doctor, plans, read } = scriptedStore({}, Array(5).fill(examinedOver(run)));
    plans.set(run.plan.hash, run.plan.document);
    await doctor.examine();
    expect(read).toEqual([run.plan.hash]);
  });

  it('are not judged without their plan: that it is missing is what another check finds', async () => {
    const { doctor } = scriptedStore({}, [examinedOver(completed(), { status: 'failed' })]);
    expect(await doctor.examine()).toMatchObject({ verdict: 'ok' });
  });

  it.each([
    ['no plan', '{"nodes": 1}'],
    ['no JSON', 'no'],
    ['not to be read', new Error('broken')],
  ])('are told of when their plan is %s', async (_what, document) => {
    const run = completed();
    const { doctor, plans } = scriptedStore({}, [examinedOver(run), examinedOver(run)]);
    plans.set(run.plan.hash, document);
    const { checks } = await doctor.examine();
    expect(checks.filter(({ count }) => count > 0)).toMatchObject([
      { name: 'replay_refused', count: 2, evidence: [{ subject: 'scenario' }, {}] },
    ]);
  });

  it('are no finding when the store goes away meanwhile', async () => {
    const run = completed();
    const { doctor, plans } = scriptedStore({}, [examinedOver(run)]);
    plans.set(run.plan.hash, new OrchestrationError('store_unavailable', 'gone'));
    await expect(doctor.examine()).rejects.toMatchObject({ code: 'store_unavailable' });
  });
});

describe('a repair', () => {
  const BY = { actor: 'dr', requestId: 'r1' };

  it('mends what was found and can be mended, and looks again', async () => {
    const { doctor, repairs } = scriptedStore({ litter: 3, lost: 1 });
    const { found, repaired, left } = await doctor.repair(BY);
    expect(verdicts(found)).toMatchObject({ litter: 'error', lost: 'error' });
    expect(repairs).toEqual([{ checks: ['litter'], by: BY }]);
    expect(repaired).toEqual([{ check: 'litter', count: 3 }]);
    expect(left && verdicts(left)).toMatchObject({ litter: 'ok', lost: 'error' });
  });

  it('does nothing where nothing can be mended', async () => {
    const { doctor, repairs, asked } = scriptedStore({ lost: 1 });
    expect(await doctor.repair(BY)).toMatchObject({ found: { verdict: 'error' }, repaired: [] });
    expect(repairs).toEqual([]);
    expect(asked).toHaveLength(1);
  });

  it('does nothing when it is only tried', async () => {
    const { doctor, repairs } = scriptedStore({ litter: 3 });
    const tried = await doctor.repair(BY, { dryRun: true });
    expect(tried).toMatchObject({ found: { verdict: 'error' }, repaired: [] });
    expect('left' in tried).toBe(false);
    expect(repairs).toEqual([]);
  });

  it('keeps to the checks that are named', async () => {
    const { doctor, repairs } = scriptedStore({ litter: 3 });
    await doctor.repair(BY, { checks: ['lost'] });
    expect(repairs).toEqual([]);
    await doctor.repair(BY, { checks: ['litter'], limit: 5 });
    expect(repairs).toHaveLength(1);
  });
});
