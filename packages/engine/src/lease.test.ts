import { expect, test } from 'vitest';
import { createManualClock } from '../test/manual-clock.ts';
import { createLease } from './lease.ts';

const LEASE_MS = 10_000;

test('a lease holds for its time since before the last heartbeat was sent', async () => {
  const clock = createManualClock();
  const lease = createLease(clock, LEASE_MS);
  await clock.advance(LEASE_MS - 1);
  expect(lease.valid).toBe(true);
  const sent = lease.now();
  await clock.advance(3_000);
  expect(lease.valid).toBe(false);
  lease.renewed(sent);
  expect(lease.valid).toBe(true);
  await clock.advance(LEASE_MS - 3_000);
  expect(lease.valid).toBe(false);
});

test('a wall clock that is set forward puts the lease in doubt until the next heartbeat', () => {
  const clock = createManualClock();
  const lease = createLease(clock, LEASE_MS);
  clock.setWall(3_600_000);
  expect(lease.valid).toBe(false);
  lease.renewed(lease.now());
  expect(lease.valid).toBe(true);
});

test('a wall clock that is set back makes no lease longer', async () => {
  const clock = createManualClock();
  const lease = createLease(clock, LEASE_MS);
  clock.setWall(-3_600_000);
  await clock.advance(LEASE_MS - 1);
  expect(lease.valid).toBe(true);
  await clock.advance(1);
  expect(lease.valid).toBe(false);
});
