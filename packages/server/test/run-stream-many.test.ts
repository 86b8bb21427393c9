/** Many who follow, large runs, several servers, and those who take their time. */
import { connect } from 'node:net';
import type { JsonObject } from '@tenuto/contract';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { gate, type RealApi, startRealApi } from './real-api.ts';
import { followEvents, followSocket, numbersOf, upTo } from './run-stream.fixture.ts';
import { ADMIN, startApiOn, type TestApi } from './server.ts';

const SOON = { timeout: 60_000, interval: 20 };

let api: RealApi;
let other: TestApi;
const doors = new Map<string, ReturnType<typeof gate>>();
beforeAll(async () => {
  api = await startRealApi({
    actions: {
      gated: (call) => {
        const door = gate();
        doors.set(call.runId, door);
        return door.action(call);
      },
      shout: (call) => {
        for (let i = 0; i < 100; i += 1) call.log('stdout', `${i} ${'x'.repeat(9_000)}`);
        return { status: 'completed', output: null };
      },
    },
  });
  other = await startApiOn({ connection: api.connection, drop: async () => undefined });
});
afterAll(async () => {
  await other[Symbol.asyncDispose]();
  await api[Symbol.asyncDispose]();
});

describe('two servers of one database', () => {
  it('tell the same entries under the same numbers, whoever has the run', async () => {
    const nodes: JsonObject[] = Array.from({ length: 50 }, (_, i) => ({
      id: `n${i}`,
      uses: 'echo',
      needs: i === 0 ? [] : ['hold'],
    }));
    const runId = await api.submit([{ id: 'hold', uses: 'gated' }, ...nodes]);
    const followers = [api, other, api, other].map(({ url }, i) =>
      i < 2 ? followSocket(url, runId) : followEvents(url, runId),
    );
    for (const { entries } of followers) {
      await expect.poll(() => entries.length, SOON).toBeGreaterThanOrEqual(3);
    }
    // Who does not have the run knows how far it is from its row.
    await expect.poll(() => followers[1]?.progress.length, SOON).toBeGreaterThan(0);
    doors.get(runId)?.open();
    await Promise.all(followers.map(({ ended }) => ended));
    const [first, ...others] = followers.map(({ entries }) => entries);
    for (const entries of others) expect(entries).toEqual(first);
    expect(first?.map(({ seq }) => seq)).toEqual(upTo(first?.length ?? 0));
    expect(first?.filter(({ type }) => type === 'node').length).toBeGreaterThanOrEqual(51);
  });
});

describe('a run of 10,000 nodes', () => {
  it('is told whole, live and late, with instances by their names', async () => {
    const items = Array.from({ length: 9_990 }, (_, i) => i);
    const group = {
      ...{ id: 'all', type: 'parallel_group', for_each: 'params.items' },
      children: [{ id: 'one', uses: 'noop' }],
    };
    const runId = await api.submit(
      [
        { id: 'hold', uses: 'gated' },
        { ...group, needs: ['hold'] },
      ],
      {
        execution_context: { items },
        max_concurrent_nodes: 1_000,
      },
    );
    const followers = [followSocket(api.url, runId), followEvents(other.url, runId)];
    await expect.poll(() => doors.has(runId), SOON).toBe(true);
    doors.get(runId)?.open();
    const late = async () => {
      await api.ends(runId);
      const follower = followSocket(other.url, runId);
      await follower.ended;
      return follower;
    };
    const [lateOne] = await Promise.all([late(), ...followers.map(({ ended }) => ended)]);
    const [first = lateOne, second = lateOne] = followers;
    expect(numbersOf(first)).toEqual(upTo(first.entries.length));
    const ends = first.entries.flatMap((entry) =>
      entry.type === 'node' && entry.status === 'completed' ? [entry.node_id] : [],
    );
    expect(new Set(ends).size).toBe(ends.length);
    expect(ends).toContain('one[9989]');
    expect(ends.filter((id) => id.startsWith('one[')).length).toBe(9_990);
    expect(second.entries).toEqual(first.entries);
    expect(lateOne.entries).toEqual(first.entries);
  });
});

describe('who takes their time', () => {
  it('gets all of it in the end, and keeps nobody else waiting', async () => {
    const runId = await api.submit([{ id: 'a', uses: 'shout' }]);
    const slow = connect({ port: Number(new URL(api.url).port), host: '127.0.0.1' });
    onTestFinished(() => void slow.destroy());
    slow.pause();
    slow.write(
      `GET /api/v1/runs/${runId}/stream HTTP/1.1\r\nhost: x\r\naccept: text/event-stream\r\n` +
        `authorization: Bearer ${ADMIN}\r\n\r\n`,
    );
    await api.ends(runId);
    const quick = followEvents(api.url, runId);
    await quick.ended;
    const lines = quick.entries.filter(({ type }) => type === 'log');
    expect(lines).toHaveLength(100);
    // Longer lines are cut, and say how long they are.
    expect(lines[0]).toMatchObject({ cut: 9_002, text: expect.stringMatching(/^.{8192}$/) });
    let text = '';
    slow.on('data', (chunk) => {
      text += chunk;
    });
    slow.resume();
    await new Promise((resolve) => slow.on('close', resolve));
    const numbers = [...text.matchAll(/^id: (\d+)$/gm)].map(([, number]) => Number(number));
    expect(numbers).toEqual(upTo(quick.entries.length));
  });
});
