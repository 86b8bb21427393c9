import { describe, expect, test } from 'vitest';
import { createManualClock } from '../../test/manual-clock.ts';
import { away } from '../../test/scripted-lane.ts';
import { createRescuer } from './rescuer.ts';

const LEASE_MS = 10_000;

/** A rescuer that sees one peer, whose heartbeat the test sets. */
function watch() {
  const clock = createManualClock();
  const peer = { engineId: 'peer', beat: 1, leaseMs: LEASE_MS };
  const state = { peers: [peer], questionMs: 0, away: false, renewed: false };
  const taken: { engineId: string; beat: number | undefined }[] = [];
  const rescue = createRescuer({
    engineId: 'me',
    leaseMs: LEASE_MS,
    clock,
    store: {
      async peers() {
        if (state.away) throw away();
        await clock.advance(state.questionMs);
        return state.peers.map((one) => ({ ...one }));
      },
      async takeOver(engineId, beat) {
        taken.push({ engineId, beat });
        return state.renewed ? undefined : 3;
      },
    },
    peersSeen: () => undefined,
    tookOver: () => undefined,
  });
  const rounds = async (forMs: number) => {
    for (let passed = 0; passed < forMs; passed += LEASE_MS / 4) {
      await clock.advance(LEASE_MS / 4);
      await rescue().catch(() => undefined);
    }
  };
  return { clock, peer, state, taken, rescue, rounds };
}

describe('a rescuer', () => {
  test('takes over what has stood still for a whole lease, and not before', async () => {
    const { rescue, rounds, taken } = watch();
    await rescue();
    await rounds(LEASE_MS * 0.75);
    expect(taken).toEqual([]);
    await rounds(LEASE_MS * 0.25);
    expect(taken).toEqual([{ engineId: 'peer', beat: 1 }]);
  });

  test.each([2, 0.5])('gives a peer the lease that it has said: %d of this one', async (times) => {
    const { rescue, rounds, taken, peer } = watch();
    peer.leaseMs = LEASE_MS * times;
    await rescue();
    await rounds(peer.leaseMs - LEASE_MS / 4);
    expect(taken).toEqual([]);
    await rounds(LEASE_MS / 4);
    expect(taken).toEqual([{ engineId: 'peer', beat: 1 }]);
  });

  test('leaves alone what beats, however slowly', async () => {
    const { rounds, taken, peer } = watch();
    for (let i = 0; i < 6; i += 1) {
      await rounds(LEASE_MS * 0.75);
      peer.beat += 1;
    }
    expect(taken).toEqual([]);
  });

  test('counts the lease from the answer, not from the question', async () => {
    const { rescue, rounds, taken, state } = watch();
    state.questionMs = 4_000;
    await rescue();
    state.questionMs = 0;
    await rounds(LEASE_MS - 2_500);
    expect(taken).toEqual([]);
    await rounds(2_500);
    expect(taken).toHaveLength(1);
  });

  test('starts over after an outage of its own', async () => {
    const { rescue, rounds, taken, state } = watch();
    await rescue();
    state.away = true;
    await rounds(LEASE_MS * 3);
    state.away = false;
    await rounds(LEASE_MS * 0.75);
    expect(taken).toEqual([]);
    await rounds(LEASE_MS * 0.5);
    expect(taken).toHaveLength(1);
  });

  test('watches anew what has renewed after all', async () => {
    const { rescue, rounds, taken, state } = watch();
    state.renewed = true;
    await rescue();
    await rounds(LEASE_MS);
    expect(taken).toHaveLength(1);
    await rounds(LEASE_MS * 0.75);
    expect(taken).toHaveLength(1);
    await rounds(LEASE_MS * 0.5);
    expect(taken).toHaveLength(2);
  });
});
