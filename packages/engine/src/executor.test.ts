import { describe, expect, it } from 'vitest';
import { someOwned } from '../test/owned-run.ts';
import { abort, type ExecutorPorts, execute, lose } from './executor.ts';
import { createCall } from './owned.ts';
import type { compilePlan } from './plan/index.ts';
import type { ActionOutcome } from './ports/action-runner.ts';
import type { RunEvent } from './run/index.ts';

type NodeInput = Parameters<typeof compilePlan>[0]['nodes'][number];

/** What the end of an attempt says that is cut short because the run is given back. */
function cut(node: Partial<NodeInput>): RunEvent | undefined {
  const owned = someOwned({ id: 'a', uses: 'pay', ...node });
  const call = createCall(owned, 0, 1);
  call.state = 'running';
  let told: RunEvent | undefined;
  const ports: Partial<ExecutorPorts> = {
    clock: { wall: () => 5, mono: () => 5, after: () => () => undefined },
    random: { next: () => 0, bytes: (count) => new Uint8Array(count) },
    runner: { run: () => new Promise(() => undefined) },
    newId: () => 'an id',
    handle(_, event) {
      told = event;
    },
  };
  lose(ports as ExecutorPorts, call);
  return told;
}

describe('an attempt that is cut short with its engine', () => {
  it('is made again where nothing is said about that', () => {
    const event = cut({});
    expect(event).toMatchObject({ error: { type: 'engine_stopped' }, retryAt: expect.any(Number) });
    expect(event).not.toHaveProperty('recovery');
  });

  it('is looked after as after a crash where its effect may not happen twice', () => {
    const error = { type: 'outcome_unknown', classification: 'infrastructure' };
    const probed = cut({ on_ambiguous: { probe: { uses: 'look' } } });
    expect(probed).toMatchObject({ error, recovery: { action: 'retry_job', probe: true } });
    expect(probed).not.toHaveProperty('recovery.intervention');
    const asked = cut({ on_ambiguous: 'ask' });
    expect(asked).toMatchObject({ error, recovery: { action: 'escalate_manual' } });
    const failed = cut({ on_ambiguous: 'fail' });
    expect(failed).toMatchObject({ error });
    for (const event of [probed, asked, failed]) expect(event).not.toHaveProperty('retryAt');
  });
});

/** What the end of an effect says that ended like this, or that was cut short. */
function effect(
  node: Partial<NodeInput>,
  { outcome, careful = true }: { readonly outcome?: ActionOutcome; readonly careful?: boolean },
): RunEvent | undefined {
  const owned = someOwned({ id: 'a', uses: 'pay', grace_seconds: 0, ...node });
  const call = createCall(owned, 0, 1);
  call.effect = true;
  let told: RunEvent | undefined;
  const ports: Partial<ExecutorPorts> = {
    clock: { wall: () => 5, mono: () => 5, after: () => () => undefined },
    random: { next: () => 0, bytes: (count) => new Uint8Array(count) },
    runner: {
      run: () => outcome ?? new Promise(() => undefined),
      effectOf: () => () => 'a payment',
      ...(careful && { ambiguityOf: () => 'ask' as const }),
    },
    newId: () => 'an id',
    late: () => undefined,
    handle(_, event) {
      told = event;
    },
  };
  execute(ports as ExecutorPorts, call);
  if (outcome === undefined) abort(ports as ExecutorPorts, call, 'timeout', true);
  return told;
}

const lost = (outcomeUnknown?: boolean): ActionOutcome => ({
  status: 'failed',
  error: {
    ...{ classification: 'transient', type: 'gone', message: 'It hung up.' },
    ...(outcomeUnknown !== undefined && { outcomeUnknown }),
  },
});
const unknown = { type: 'outcome_unknown', message: expect.stringContaining('not known') };

describe('an effect that nobody knows the outcome of', () => {
  it('is asked about, as its action wants it, when it did not end in time', () => {
    const event = effect({}, {});
    expect(event).toMatchObject({
      status: 'timeout',
      error: { ...unknown, classification: 'timeout' },
    });
    expect(event).toMatchObject({ recovery: { action: 'escalate_manual', trigger: 'ambiguous' } });
    expect(event).not.toHaveProperty('retryAt');
  });

  it('is asked about when its target was gone before it answered', () => {
    expect(effect({}, { outcome: lost(true) })).toMatchObject({
      error: unknown,
      recovery: { action: 'escalate_manual' },
    });
  });

  it('is made again where its node says so, or its action says nothing', () => {
    for (const event of [
      effect({ on_ambiguous: 'retry' }, {}),
      effect({ on_ambiguous: 'retry' }, { outcome: lost(true) }),
      effect({}, { careful: false }),
      effect({}, { outcome: lost(false) }),
      effect({}, { outcome: lost() }),
    ]) {
      expect(event).toMatchObject({ retryAt: expect.any(Number) });
      expect(event).not.toHaveProperty('recovery');
    }
  });
});

describe('an attempt that asks for a decision', () => {
  it('is followed by no other before a person has decided, effect or not', () => {
    const outcome: ActionOutcome = {
      status: 'failed',
      error: {
        ...{ classification: 'resource_exhausted', type: 'budget_exhausted', message: 'Spent.' },
        ask: 'budget',
      },
    };
    const event = effect({ max_retries: 3 }, { outcome, careful: false });
    expect(event).toMatchObject({
      error: { type: 'budget_exhausted' },
      recovery: { action: 'escalate_manual', trigger: 'budget', intervention: 'an id' },
    });
    expect(event).not.toHaveProperty('retryAt');
  });
});
