import { expect, it } from 'vitest';
import { createManualClock } from '../test/manual-clock.ts';
import { someOwned } from '../test/owned-run.ts';
import type { DriverPorts } from './driver-ports.ts';
import { takeItem } from './messages.ts';
import type { InboxItem } from './ports/inbox.ts';

const ports: Partial<DriverPorts> = {
  clock: createManualClock(),
  newId: () => 'an id',
  draining: () => true,
};

it.each([
  ['that is followed', { type: 'pause' }],
  ['that has several consequences', { type: 'cancel', mode: 'graceful' }],
  ['that is refused', { type: 'resume' }],
] as const)('a message %s is bound to what came of it', (_, { type, ...more }) => {
  const owned = someOwned();
  owned.stored = true;
  const item = { runId: owned.id.text, seq: 1, type, body: { actor: 'ann', ...more } };
  takeItem(ports as DriverPorts, owned, item as InboxItem);
  const [consumed, ...others] = owned.queue;
  expect(others.length).toBeGreaterThan(0);
  expect(consumed).toMatchObject({ kind: 'consumed', consequences: others.length });
});

it('a signal that is meant for who waits now is refused by its id when nobody does', () => {
  const owned = someOwned();
  owned.stored = true;
  const body = { actor: 'ann', name: 'next:x', payload: null, awaited: 'this one' };
  takeItem(ports as DriverPorts, owned, { runId: owned.id.text, seq: 1, type: 'signal', body });
  expect(owned.run.signals.size).toBe(0);
  expect(owned.queue.at(-1)).toMatchObject({
    row: { type: 'refused', body: { message: 'signal', id: 'this one' } },
  });
});
