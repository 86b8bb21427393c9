/** Agents of a real engine that spend through the ledger: limits hold, and a crash pays for nothing twice. */
import type { Budget } from '@tenuto/contract';
import {
  type ActionCall,
  type ActionOutcome,
  type CallLedger,
  type NewCall,
  nanoUsd,
  type RunBudgets,
} from '@tenuto/engine';
import { startTestEngine, type TestEngine, testSubmission } from '@tenuto/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createBudgetStore } from '../src/queries/budgets.ts';
import { ADMIN, auditOf } from './api-desk.ts';
import { type CallDesk, hashOf, openCallDesk } from './call-desk.ts';

let desk: CallDesk;
beforeAll(async () => {
  desk = await openCallDesk();
});
afterAll(() => desk.close());

/** `scripted/*`: $1 in. Its answer has no tokens, so that a call costs what its prompt costs. */
const CENTS_30 = 300_000;
const PRICE = nanoUsd('0.3');

/** What a provider was asked, in the order in which it was. */
type Provider = { readonly asked: string[]; answer(model: string): Promise<void> };

/** One call of a model for each node, as `agent.run` makes them. */
function spender(ledger: CallLedger, provider: Provider) {
  return async (call: ActionCall): Promise<ActionOutcome> => {
    let target = 'scripted/big';
    const repeat = call.with.repeat === true;
    for (;;) {
      const begun = await ledger.begin({
        ...newCall(call, target),
        ...(repeat && { repeatUnknown: true }),
      });
      switch (begun.state) {
        case 'done':
          return { status: 'completed', output: begun.result };
        case 'unknown':
          return stopped('outcome_unknown', 'unknown', 'ambiguous');
        case 'wait':
          await new Promise((resolve) => setTimeout(resolve, 10));
          break;
        case 'over': {
          const { onCrossing, degradeTo } = begun.budget;
          if (onCrossing === 'stop') return stopped('budget_exhausted', 'permanent');
          if (degradeTo === undefined || degradeTo === target) {
            return stopped('budget_exhausted', 'resource_exhausted', 'budget');
          }
          target = degradeTo;
          break;
        }
        case 'begun': {
          provider.asked.push(`${call.nodeId} ${target}`);
          await provider.answer(target);
          const input = target === 'scripted/big' ? CENTS_30 : 30_000;
          await ledger.finish(begun.callId, {
            result: `${call.nodeId} by ${target}`,
            usage: { input, output: 0, cached: 0, reasoning: 0 },
            ...{ startedAt: Date.now(), endedAt: Date.now() },
          });
          return { status: 'completed', output: `${call.nodeId} by ${target}` };
        }
      }
    }
  };
}

function newCall(call: ActionCall, target: string): NewCall {
  const input = target === 'scripted/big' ? CENTS_30 : 30_000;
  return {
    ...{ runId: call.runId, nodeKey: call.idempotencyKey, loop: 'main', step: 0, tool: '' },
    ...{ node: call.node ?? 0, nodeId: call.nodeId, attempt: call.attempt, owner: call.owner },
    ...{ agent: 'spender', target, kind: 'model', requestHash: hashOf(call.nodeId) },
    // Four bytes a token: what is expected is what it costs.
    estimate: { inputBytes: input * 4, maxOutputTokens: 0 },
  };
}

function stopped(
  type: string,
  classification: 'unknown' | 'permanent' | 'resource_exhausted',
  ask?: 'budget' | 'ambiguous',
): ActionOutcome {
  const error = { classification, type, message: 'stopped', ...(ask !== undefined && { ask }) };
  return { status: 'failed', error };
}

const quick = (): Provider => ({ asked: [], answer: async () => undefined });

async function withEngine(
  provider: Provider,
  work: (engine: TestEngine) => Promise<void>,
): Promise<void> {
  const engine = await startTestEngine(desk.connection, {
    actions: { spend: spender(desk.ledger, provider) },
    knowing: ['spend'],
  });
  try {
    await work(engine);
  } finally {
    await engine.stop();
  }
}

const nodes = (count: number, parameters: object = {}) =>
  Array.from({ length: count }, (_, i) => ({
    ...{ id: `n${i}`, uses: 'spend', with: { ...parameters } },
  }));

async function submitted(
  { engine }: TestEngine,
  of: Parameters<typeof testSubmission>[0],
  budgets: RunBudgets,
): Promise<string> {
  const result = await engine.submit(testSubmission(of, { input: { budgets } }));
  if (result.duplicate) throw new Error('a run without a key was refused for its key');
  return result.runId;
}

const spent = async (runId: string) => (await desk.budget('run', runId)).spent;
const waiting = async (runId: string) =>
  (
    await desk.ask<{ id: string }>(
      `select i.intervention_id as id from interventions i
       join recoveries r on r.session_id = i.session_id
       where i.run_id = $1 and i.state = 'open' and r.trigger = 'budget'`,
      [runId],
    )
  ).map(({ id }) => id);

/** Looks until it is so. */
async function until(check: () => Promise<boolean>): Promise<void> {
  while (!(await check())) await new Promise((resolve) => setTimeout(resolve, 20));
}

async function raise(runId: string, usd: number) {
  return createBudgetStore(desk.db).raise(ADMIN, {
    ...{ runId, limitNano: nanoUsd(usd), audit: auditOf('budget.raised', runId) },
  });
}

const aDollar = (over: Partial<Budget> = {}): RunBudgets => ({ run: { usd: 1, ...over } });

describe('twenty agents with a dollar between them, at thirty cents a call', () => {
  test('spend what fits, wait for a person, and go on when the budget is raised', async () => {
    const provider = quick();
    await withEngine(provider, async (engine) => {
      const runId = await submitted(engine, nodes(20), aDollar());
      await until(async () => (await waiting(runId)).length === 17);
      expect(await spent(runId)).toBe(3 * PRICE);
      expect(provider.asked).toHaveLength(3);
      const open = await waiting(runId);
      expect(await raise(runId, 0.5)).toEqual({ state: 'lower', limit: nanoUsd(1) });
      const raised = await raise(runId, 6);
      expect(raised).toEqual({ state: 'raised', resolved: expect.arrayContaining(open) });
      engine.engine.poke(runId);
      expect(await engine.engine.ended(runId, 60_000)).toBe(true);
      expect(await desk.outcome(runId)).toBe('completed');
      expect(await spent(runId)).toBe(20 * PRICE);
      expect(new Set(provider.asked).size).toBe(20);
      expect(await raise(runId, 9)).toEqual({ state: 'over' });
    });
  });

  test('end the run when it is to stop', async () => {
    const provider = quick();
    await withEngine(provider, async (engine) => {
      const runId = await submitted(engine, nodes(20), aDollar({ on_crossing: 'stop' }));
      expect(await engine.engine.ended(runId, 60_000)).toBe(true);
      expect(await desk.outcome(runId)).toBe('failed');
      expect(await spent(runId)).toBe(3 * PRICE);
    });
  });

  test('turn to a cheaper model, and wait once that does not fit either', async () => {
    const provider = quick();
    await withEngine(provider, async (engine) => {
      const budget = aDollar({ on_crossing: 'degrade', degrade_to: 'scripted/small' });
      const runId = await submitted(engine, nodes(20), budget);
      await until(async () => (await waiting(runId)).length === 14);
      const cheap = provider.asked.filter((asked) => asked.endsWith('small'));
      // 90 cents for three big ones, then three cents each.
      expect([provider.asked.length, cheap.length]).toEqual([6, 3]);
      expect(await spent(runId)).toBe(3 * PRICE + 3 * nanoUsd('0.03'));
    });
  });

  test('never pass it by more than one call, whatever their calls turn out to cost', async () => {
    const provider = quick();
    const dear: CallLedger = {
      ...desk.ledger,
      // Every call costs as much as it can: four times what was expected.
      finish: (callId, result) =>
        desk.ledger.finish(callId, {
          ...result,
          ...(result.usage && { usage: { ...result.usage, input: result.usage.input * 4 } }),
        }),
    };
    const engine = await startTestEngine(desk.connection, {
      ...{ actions: { spend: spender(dear, provider) }, knowing: ['spend'] },
    });
    const runId = await submitted(engine, nodes(20), aDollar({ on_crossing: 'stop' }));
    expect(await engine.engine.ended(runId, 60_000)).toBe(true);
    expect(await spent(runId)).toBeLessThanOrEqual(nanoUsd(1) + 4 * PRICE);
    await engine.stop();
  });
});

describe('an engine that is killed between the beginning and the end of calls', () => {
  test('leaves what was answered to its successor, and what was not to whoever decides', async () => {
    let answered = 0;
    const hanging: Provider = {
      asked: [],
      answer: () => {
        answered += 1;
        return answered <= 3 ? Promise.resolve() : new Promise(() => undefined);
      },
    };
    const first = await startTestEngine(desk.connection, {
      ...{ actions: { spend: spender(desk.ledger, hanging) }, knowing: ['spend'] },
    });
    const runId = await submitted(first, nodes(5), { run: { usd: 10 } });
    await until(async () => {
      const calls = await desk.calls(runId);
      return calls.filter(({ state }) => state === 'done').length === 3 && calls.length === 5;
    });
    first.kill();
    expect(hanging.asked).toHaveLength(5);
    const provider = quick();
    await withEngine(provider, async () => {
      const asks = () =>
        desk.ask(
          `select 1 from interventions i join recoveries r on r.session_id = i.session_id
           where i.run_id = $1 and i.state = 'open' and r.trigger = 'ambiguous'`,
          [runId],
        );
      await until(async () => (await asks()).length === 2);
      // Nothing that was answered is asked for again; nor is what is not known.
      expect(provider.asked).toEqual([]);
      const [{ expected } = { expected: 0 }] = await desk.ask<{ expected: number }>(
        `select sum(expected_nano)::float8 as expected from calls
         where run_id = $1 and state = 'unknown'`,
        [runId],
      );
      expect(expected).toBe(2 * PRICE);
      expect(await spent(runId)).toBe(5 * PRICE);
    });
  });

  test('has its calls made again where that is allowed, each at most once more', async () => {
    const hanging: Provider = { asked: [], answer: () => new Promise(() => undefined) };
    const first = await startTestEngine(desk.connection, {
      ...{ actions: { spend: spender(desk.ledger, hanging) }, knowing: ['spend'] },
    });
    const runId = await submitted(first, nodes(4, { repeat: true }), { run: { usd: 10 } });
    await until(async () => hanging.asked.length === 4);
    first.kill();
    const provider = quick();
    await withEngine(provider, async ({ engine }) => {
      await until(async () => (await desk.outcome(runId)) === 'completed');
      expect(engine.id).toBeDefined();
      expect(provider.asked).toHaveLength(4);
      // What may have been paid stays counted beside what was.
      expect(await spent(runId)).toBe(8 * PRICE);
      expect(await desk.budget('run', runId)).toMatchObject({ calls: 0 });
    });
  });
});
