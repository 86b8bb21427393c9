/** The doctor finds nothing where nothing is wrong, also while engines work, die and take over. */
import { failed, type TestEngine, type TestEngineOptions, testSubmission } from '@tenuto/testkit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Engines, eventually, openEngines, submitted } from '../engines.ts';
import { ALL_RUNS, foundBy, type OpenDoctor, openDoctor } from './examination.ts';

let engines: Engines;
let doctor: OpenDoctor;
beforeEach(async () => {
  engines = await openEngines();
  doctor = openDoctor(engines.connection);
});
afterEach(async () => {
  await doctor.close();
  await engines.close();
});

const examined = async () => foundBy(await doctor.examine({ limit: ALL_RUNS }));

test('a store on which an engine has just started has nothing wrong with it', async () => {
  await engines.start();
  expect(await examined()).toEqual([]);
});

/** Fails each second time, waits a little, or hands a large output on. */
const actions: TestEngineOptions['actions'] = {
  flaky: ({ attempt }) =>
    attempt % 2 === 1 ? failed('transient', 'again') : { status: 'completed', output: attempt },
  soon: async () => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    return { status: 'completed', output: null };
  },
  large: () => ({ status: 'completed', output: 'x'.repeat(50_000) }),
};
const retry = { max_attempts: 4, base_delay_ms: 1, jitter: 'none' as const };

/** Jobs of every kind: chains, fans, failures, sleeps, large outputs, cleanups, sub-runs. */
const SHAPES: readonly (() => ReturnType<typeof testSubmission>)[] = [
  () => testSubmission([{ id: 'a', uses: 'noop' }]),
  () =>
    testSubmission([
      { id: 'a', uses: 'soon' },
      { id: 'b', uses: 'flaky', needs: ['a'], retry },
      { id: 'c', uses: 'large', needs: ['b'] },
      { id: 'd', uses: 'echo', with: { size: '${size(steps.c)}' }, needs: ['c'] },
    ]),
  () =>
    testSubmission([
      {
        id: 'g',
        type: 'parallel_group',
        for_each: '[1, 2, 3, 4, 5]',
        children: [{ id: 'x', uses: 'soon' }],
      },
      { id: 'after', uses: 'noop', needs: ['g'] },
    ]),
  () =>
    testSubmission([
      { id: 'bad', uses: 'fail', retry: { max_attempts: 2, base_delay_ms: 1 } },
      { id: 'never', uses: 'noop', needs: ['bad'] },
      { id: 'tidy', type: 'cleanup', uses: 'soon' },
    ]),
  () =>
    testSubmission(
      [
        { id: 'bad', uses: 'fail', retry: { max_attempts: 1 } },
        { id: 'other', uses: 'sleep.for', with: { ms: 60_000 } },
        { id: 'tidy', type: 'cleanup', uses: 'noop' },
      ],
      { input: { failFast: true } },
    ),
  () =>
    testSubmission([
      { id: 'nap', uses: 'sleep.for', with: { ms: 30 } },
      { id: 'after', uses: 'soon', needs: ['nap'] },
    ]),
  () => testSubmission([{ id: 'slow', uses: 'sleep.for', with: { ms: 600_000 } }]),
];
/** The last shape ends only by a cancel. */
const ENDLESS = SHAPES.length - 1;

async function submitAll(to: () => TestEngine, count: number): Promise<string[]> {
  const runIds: string[] = [];
  for (let i = 0; i < count; i += 1) {
    const shape = SHAPES[i % SHAPES.length];
    if (shape === undefined) throw new Error('no shape');
    const runId = await submitted(to(), shape()).catch(() => undefined);
    if (runId === undefined) continue;
    runIds.push(runId);
    if (i % SHAPES.length === ENDLESS || i % 11 === 0) {
      await engines.cancel(runId, i % 2 === 0 ? 'graceful' : 'immediate');
    }
  }
  return runIds;
}

test('nothing is wrong while engines work, die, freeze and are taken over, nor afterwards', async () => {
  const options = { actions, capacity: 40, slots: 20, leaseMs: 400, parkAfterMs: 50 };
  const crew = [await engines.start(options), await engines.start(options)];
  let next = 0;
  const any = () => crew[next++ % crew.length] as TestEngine;
  let working = true;
  const seen = new Set<string>();
  let examinations = 0;
  const watching = (async () => {
    while (working) {
      for (const line of await examined()) seen.add(line);
      examinations += 1;
    }
  })();
  const runIds: string[] = [];
  for (let round = 0; round < 4; round += 1) {
    const load = submitAll(any, 120);
    const [victim] = crew;
    if (victim === undefined) throw new Error('nobody');
    await eventually(() => victim.executed.length > 20);
    if (round % 2 === 0) victim.kill();
    else victim.freeze();
    crew.splice(0, 1, await engines.start(options));
    runIds.push(...(await load));
    await eventually(async () => {
      const dead = await engines.ask(
        'select 1 from engine_fences where engine = $1 and not alive',
        [victim.engine.id],
      );
      return dead.length > 0;
    });
    if (round % 2 === 1) victim.thaw();
  }
  for (const runId of runIds) await engines.over(runId);
  await eventually(async () => (await engines.ask('select 1 from run_live')).length === 0);
  working = false;
  await watching;
  expect([...seen]).toEqual([]);
  expect(examinations).toBeGreaterThan(3);
  expect(await examined()).toEqual([]);
  console.log(`${examinations} examinations of ${runIds.length} runs`);
}, 120_000);
