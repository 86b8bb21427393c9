/** The doctor finds nothing where nothing is wrong, also while engines work, die and take over. */
import { createDoctor, type Doctor } from '@tenuto/engine';
import type { TestEngine } from '@tenuto/testkit';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { type ApiStore, openApiStore } from '../../src/api-store.ts';
import { type Engines, eventually, openEngines } from '../engines.ts';
import { ALL_RUNS, foundBy } from './examination.ts';
import { LOAD_ACTIONS, loadOver, submitLoad } from './mixed-load.ts';

let engines: Engines;
let store: ApiStore;
let doctor: Doctor;
beforeEach(async () => {
  engines = await openEngines();
  store = openApiStore({ ...engines.connection });
  doctor = createDoctor(store.doctor);
});
afterEach(async () => {
  await store.close();
  await engines.close();
});

const examined = async () => foundBy(await doctor.examine({ limit: ALL_RUNS }));

test('a store on which an engine has just started has nothing wrong with it', async () => {
  await engines.start();
  expect(await examined()).toEqual([]);
});

const isDown = async ({ engine }: TestEngine) =>
  (await engines.ask('select 1 from engine_fences where engine = $1 and not alive', [engine.id]))
    .length > 0;

/** Examines again and again until told to stop; answers what was found, and how often it looked. */
function examining() {
  let going = true;
  const seen = new Set<string>();
  let times = 0;
  const done = (async () => {
    while (going) {
      for (const line of await examined()) seen.add(line);
      times += 1;
    }
  })();
  return async () => {
    going = false;
    await done;
    return { seen: [...seen], times };
  };
}

test('nothing is wrong while engines work, die, freeze and are taken over, nor afterwards', async () => {
  const limits = { capacity: 40, slots: 20, leaseMs: 400, parkAfterMs: 50 };
  const options = { actions: LOAD_ACTIONS, ...limits };
  const crew = [await engines.start(options), await engines.start(options)];
  let turn = 0;
  const next = () => crew[turn++ % crew.length] as TestEngine;
  const target = { engines, jobs: store.jobs, next };
  const stopExamining = examining();
  onTestFinished(async () => void (await stopExamining()));
  for (let round = 0; round < 4; round += 1) {
    const victim = crew[0] as TestEngine;
    await submitLoad(target, 120);
    await eventually(() => victim.executed.length > 20);
    if (round % 2 === 0) victim.kill();
    else victim.freeze();
    crew.splice(0, 1, await engines.start(options));
    await submitLoad(target, 60);
    await eventually(() => isDown(victim));
    if (round % 2 === 1) victim.thaw();
  }
  await loadOver(target);
  const { seen, times } = await stopExamining();
  expect(seen).toEqual([]);
  expect(times).toBeGreaterThan(3);
  expect(await examined()).toEqual([]);
  const [ended] = await engines.ask<Record<string, number>>(
    `select (count(*) filter (where status = 'completed'))::int as completed,
       (count(*) filter (where status = 'failed'))::int as failed,
       (count(*) filter (where status = 'cancelled'))::int as cancelled from runs`,
  );
  expect(Math.min(...Object.values(ended ?? {}))).toBeGreaterThan(20);
}, 120_000);
