/** Repair of much at once, by several at once, and beside engines that work. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openApiStore } from '../../src/api-store.ts';
import { inOneTransaction, repairStatement } from '../../src/queries/doctor/repair.ts';
import { type Desk, openDesk } from '../desk.ts';
import { openEngines } from '../engines.ts';
import { foundBy, type OpenDoctor, openDoctor } from './examination.ts';
import { LOAD_ACTIONS, loadOver, submitLoad } from './mixed-load.ts';

let desk: Desk;
let doctor: OpenDoctor;
beforeEach(async () => {
  desk = await openDesk();
  doctor = openDoctor(desk.connection);
});
afterEach(async () => {
  await doctor.close();
  await desk.close();
});

const BY = { actor: 'dr' };
const STRAYS = 12_000;

/** Items for runs that are not there, a thousand runs with twelve each. */
const litter = () =>
  desk.ask(
    `insert into run_inbox (run_id, seq, type, body)
     select ('01900000-0000-7000-8000-' || lpad(to_hex(n % 1000), 12, '0'))::uuid, n, 'signal', '{}'
     from generate_series(1, ${STRAYS}) n`,
  );

test('goes on until nothing is left, and tells the audit once of each subject and statement', async () => {
  await litter();
  const { found, repaired, left } = await doctor.repair(BY, { checks: ['stray_inbox'] });
  expect(found.checks[0]).toMatchObject({ verdict: 'error', count: 2_000 });
  expect(repaired).toEqual([{ check: 'stray_inbox', count: STRAYS }]);
  expect(left?.verdict).toBe('ok');
  const [audit] = await desk.ask<{ rows: number; subjects: number }>(
    `select count(*)::int as rows, count(distinct subject)::int as subjects from audit
     where action = 'doctor.repaired'`,
  );
  expect(audit?.subjects).toBe(1_000);
  // Some thousand items a statement: a run's may be in two of them.
  expect(audit?.rows).toBeLessThanOrEqual(3_000);
});

test('by several at once mends everything once', async () => {
  await litter();
  const answers = await Promise.all(
    [1, 2].map(() => doctor.repair(BY, { checks: ['stray_inbox'] })),
  );
  const counts = answers.map(({ repaired }) => repaired[0]?.count ?? 0);
  expect(counts.reduce((sum, count) => sum + count)).toBe(STRAYS);
  expect(await desk.ask('select 1 from run_inbox')).toEqual([]);
});

test('is undone as a whole when something goes wrong in the middle', async () => {
  const { store } = desk;
  const pool = { connect: () => desk.session().then((client) => Object.assign(client, RELEASED)) };
  const breaking = repairStatement(
    `insert into plans (hash, document, node_count) values ('\\x01', '\\x01', 1)
     returning encode(hash, 'hex') as subject`,
  );
  const task = { check: 'made_up', does: 'Nothing.', by: BY };
  // The second time round the hash is there already.
  await expect(breaking(pool as never, task)).rejects.toThrow(/duplicate key/);
  expect(await desk.ask('select 1 from plans')).toEqual([]);
  expect(await desk.ask('select 1 from audit')).toEqual([]);
  await expect(
    inOneTransaction(pool as never, () => Promise.reject(new Error('no'))),
  ).rejects.toThrow('no');
  expect(await store.databaseTime()).toBeGreaterThan(0);
});

const RELEASED = { release: () => undefined };

test('beside engines that work takes nothing from them', async () => {
  const engines = await openEngines();
  const store = openApiStore({ ...engines.connection });
  const other = openDoctor(engines.connection);
  const crew = [
    await engines.start({ actions: LOAD_ACTIONS, capacity: 40, slots: 20 }),
    await engines.start({ actions: LOAD_ACTIONS, capacity: 40, slots: 20 }),
  ];
  let turn = 0;
  const next = () => crew[turn++ % 2] ?? crew[0];
  const target = { engines, jobs: store.jobs, next: next as () => (typeof crew)[0] };
  const load = submitLoad(target, 150);
  for (let round = 0; round < 5; round += 1) {
    await engines.ask(
      `insert into idempotency_keys (owner, key, request_hash, run_id)
       values ('ann', 'a key', '', uuid_v7())`,
    );
    const { found, repaired, left } = await other.repair(BY);
    expect(foundBy(found)).toEqual([expect.stringMatching(/^lost_key: a key /)]);
    expect(repaired).toEqual([{ check: 'lost_key', count: 1 }]);
    expect(left && foundBy(left)).toEqual([]);
  }
  await load;
  await loadOver(target);
  await Promise.all([store.close(), other.close()]);
  await engines.close();
}, 120_000);
