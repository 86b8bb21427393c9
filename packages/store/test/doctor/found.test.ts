/** What is wrong with a store is found by the check that looks for it, and repaired where it can be. */
import { memoryBlobs } from '@tenuto/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { oldSnapshot } from '../../src/queries/doctor/old-snapshot.ts';
import { type Desk, openDesk } from '../desk.ts';
import { ALL_RUNS, type OpenDoctor, openDoctor } from './examination.ts';
import { PLANTS } from './plants.ts';
import { openSoundStore } from './sound-store.ts';

/** A doctor of no store: only what checks there are. */
const { checks: CHECKS, close } = openDoctor({ host: '', port: 1, user: '', database: '' });
afterAll(close);
const BY = { actor: 'dr', requestId: 'request-1' };

async function faultsOf(doctor: OpenDoctor) {
  const { checks } = await doctor.examine({ limit: ALL_RUNS });
  return checks.filter(({ verdict }) => verdict !== 'ok');
}

test('there is a way to spoil a store for every check', () => {
  const names = CHECKS.map(({ name }) => name);
  expect([...Object.keys(PLANTS), oldSnapshot.name].sort()).toEqual(names.toSorted());
});

describe('a sound store', () => {
  test('has nothing wrong with it', async () => {
    const desk = await openDesk();
    await openSoundStore(desk);
    const doctor = openDoctor(desk.connection, memoryBlobs());
    expect(await faultsOf(doctor)).toEqual([]);
    expect(await doctor.examine()).toMatchObject({
      verdict: 'ok',
      sample: { liveRuns: 2, overRuns: 1, leftOut: 0 },
    });
    await doctor.close();
    await desk.close();
  });
});

describe.each(Object.entries(PLANTS))('%s', (name, { spoil, also = [] }) => {
  let desk: Desk;
  let doctor: OpenDoctor;
  let subject: string;
  beforeAll(async () => {
    desk = await openDesk();
    subject = await spoil(await openSoundStore(desk));
    doctor = openDoctor(desk.connection, memoryBlobs());
  });
  afterAll(async () => {
    await doctor.close();
    await desk.close();
  });

  test('finds what it looks for, and no other check is alarmed', async () => {
    const found = await faultsOf(doctor);
    expect(found.map((check) => check.name).sort()).toEqual([name, ...also].sort());
    const own = found.find((check) => check.name === name);
    expect(own?.count).toBeGreaterThan(0);
    expect(own?.verdict).toBe(own?.severity);
    expect(own?.evidence.map((each) => each.subject)).toContain(subject);
  });

  const repair = CHECKS.find((check) => check.name === name)?.repair;
  if (repair === undefined) {
    test('is left to a person', async () => {
      const { found, repaired, left } = await doctor.repair(BY, { checks: [name] });
      expect([found.checks.length, repaired, left]).toEqual([1, [], undefined]);
    });
    return;
  }

  test('changes nothing when repair is only tried', async () => {
    const { found, repaired, left } = await doctor.repair(BY, { dryRun: true });
    expect([found.verdict, repaired, left]).toEqual(['error', [], undefined]);
    expect((await faultsOf(doctor)).map((check) => check.name)).toEqual([name]);
  });

  test('is repaired, the audit tells so, and there is nothing to do twice', async () => {
    const { repaired, left } = await doctor.repair(BY, { limit: ALL_RUNS });
    expect(repaired).toEqual([{ check: name, count: expect.any(Number) }]);
    expect(repaired[0]?.count).toBeGreaterThan(0);
    expect(left?.verdict).toBe('ok');
    const audit = await desk.ask<{ details: string }>(
      `select actor, action, request_id, details from audit where action = 'doctor.repaired'`,
    );
    expect(audit.length).toBeGreaterThan(0);
    for (const { details, ...row } of audit) {
      expect(row).toEqual({ actor: 'dr', action: 'doctor.repaired', request_id: 'request-1' });
      expect(JSON.parse(details)).toMatchObject({ check: name, did: repair });
    }
    expect(await doctor.repair(BY)).toMatchObject({ repaired: [] });
  });
});
