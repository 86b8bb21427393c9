import { describe, expect, it } from 'vitest';
import { someOwned } from '../test/owned-run.ts';
import { type ExecutorPorts, lose } from './executor.ts';
import { createCall } from './owned.ts';
import type { compilePlan } from './plan/index.ts';
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
    const asked = cut({ on_ambiguous: 'ask' });
    expect(asked).toMatchObject({ error, recovery: { action: 'escalate_manual' } });
    const failed = cut({ on_ambiguous: 'fail' });
    expect(failed).toMatchObject({ error });
    for (const event of [probed, asked, failed]) expect(event).not.toHaveProperty('retryAt');
  });
});
