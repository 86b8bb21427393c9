import { RunFeedEntrySchema } from '@tenuto/contract';
import { Check } from 'typebox/value';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gate, once, type RealApi, startRealApi } from './real-api.ts';
import { followEvents, followSocket, numbersOf, upTo } from './run-stream.fixture.ts';

let api: RealApi;
const doors = new Map<string, ReturnType<typeof gate>>();
beforeAll(async () => {
  api = await startRealApi({
    actions: {
      talk: (call) => {
        for (let i = 1; i <= 5; i += 1) call.log('stdout', `line ${i}`);
        return { status: 'completed', output: null };
      },
      gated: (call) => {
        const door = gate();
        doors.set(call.runId, door);
        return door.action(call);
      },
      leave: () => ({
        status: 'completed',
        output: null,
        artifacts: [
          { name: 'report.txt', mediaType: 'text/plain', bytes: Buffer.from('all is well') },
        ],
      }),
    },
  });
});
afterAll(() => api[Symbol.asyncDispose]());

describe('the stream of a run', () => {
  it('tells a run that is over from its beginning to its end, and closes', async () => {
    const runId = await api.submit([
      { id: 'a', uses: 'talk' },
      { id: 'b', uses: 'leave', needs: ['a'] },
    ]);
    await api.ends(runId);
    const [events, socket] = [followEvents(api.url, runId), followSocket(api.url, runId)];
    await Promise.all([events.ended, socket.ended]);
    expect(events.code).toBe(200);
    const told = events.entries.map((entry) =>
      'status' in entry ? `${entry.type} ${entry.status}` : entry.type,
    );
    expect(numbersOf(events)).toEqual(upTo(told.length));
    expect(told.slice(0, 3)).toEqual(['run', 'run', 'run']);
    expect(told.filter((type) => type === 'log')).toHaveLength(5);
    expect(told.filter((type) => type === 'node completed')).toHaveLength(2);
    expect(told.filter((type) => type === 'artifact')).toHaveLength(1);
    expect(told.at(-1)).toBe('end completed');
    expect(events.closed).toEqual({ type: 'close', reason: 'ended', reconnect: false });
    for (const entry of events.entries) expect(Check(RunFeedEntrySchema, entry)).toBe(true);
    expect(socket.entries).toEqual(events.entries);
    expect([socket.code, socket.closed]).toEqual([1000, events.closed]);
  });

  it('tells what happens while it happens, and how far the run is', async () => {
    const runId = await api.submit([{ id: 'a', uses: 'gated' }]);
    const socket = followSocket(api.url, runId);
    const types = () => socket.entries.map(({ type }) => type);
    await expect.poll(types, { timeout: 20_000 }).toEqual(['run', 'run', 'run']);
    await expect
      .poll(() => socket.progress.at(-1), { timeout: 20_000 })
      .toMatchObject({
        status: 'running',
        current_node_ids: ['a'],
      });
    expect(types()).not.toContain('end');
    doors.get(runId)?.open();
    await socket.ended;
    expect(types().slice(3)).toEqual(['node', 'run', 'end']);
  });

  it('goes on behind a number, and has nothing to say to who has seen it all', async () => {
    const runId = await api.submit([{ id: 'a', uses: 'talk', retry: once }]);
    const first = followSocket(api.url, runId);
    await first.ended;
    const last = first.entries.length;
    for (const after of [1, 3, last - 1]) {
      const events = followEvents(api.url, runId, { after });
      const socket = followSocket(api.url, runId, { after });
      await Promise.all([events.ended, socket.ended]);
      expect(events.entries).toEqual(first.entries.slice(after));
      expect(socket.entries).toEqual(first.entries.slice(after));
    }
    const done = followEvents(api.url, runId, { after: last });
    await done.ended;
    expect([done.code, done.entries]).toEqual([204, []]);
  });
});
