import { LIMITS } from '@tenuto/contract';
import { describe, expect, test } from 'vitest';
import { createManualClock, settled } from '../test/manual-clock.ts';
import { someOwned } from '../test/owned-run.ts';
import { away, refused } from '../test/scripted-lane.ts';
import { createLogWriter } from './log-writer.ts';
import { createCall } from './owned.ts';
import type { LogRow } from './ports/store.ts';

function makeWriter(put: (rows: readonly LogRow[]) => void = () => undefined) {
  const clock = createManualClock();
  const stored: LogRow[] = [];
  const store = {
    async putLogs(rows: readonly LogRow[]) {
      put(rows);
      stored.push(...rows);
    },
  };
  return { clock, stored, writer: createLogWriter(store, clock) };
}

const someCall = () => createCall(someOwned(), 0, 1);
const textsOf = (rows: readonly LogRow[]) => rows.map(({ text }) => text);

describe('a log', () => {
  test('is written a moment later, in its order', async () => {
    const { clock, stored, writer } = makeWriter();
    const call = someCall();
    for (const text of ['a', 'b', 'c']) writer.write(call, 'stdout', text);
    await settled();
    expect(stored).toEqual([]);
    await clock.advance(200);
    expect(textsOf(stored)).toEqual(['a', 'b', 'c']);
    expect(stored.map(({ seq }) => seq)).toEqual([1, 2, 3]);
  });

  test('is cut at its limit, once, and says so', async () => {
    const { stored, writer } = makeWriter();
    const call = someCall();
    for (let i = 0; i < 4; i += 1) {
      writer.write(call, 'stdout', 'x'.repeat(LIMITS.logBytesPerAttempt / 2 + 10));
    }
    await writer.flush();
    expect(stored.map(({ stream }) => stream)).toEqual(['stdout', 'stdout', 'system']);
    expect(stored.at(-1)?.text).toMatch(/cut at/);
  });

  test('is written when the database is back, although nobody says anything more', async () => {
    let failures = 2;
    const { clock, stored, writer } = makeWriter(() => {
      failures -= 1;
      if (failures >= 0) throw away();
    });
    writer.write(someCall(), 'stdout', 'kept');
    await clock.advance(200);
    expect(stored).toEqual([]);
    await clock.advance(400);
    expect(textsOf(stored)).toEqual(['kept']);
  });

  test('loses a row that the database refuses, and no other', async () => {
    const { stored, writer } = makeWriter((rows) => {
      if (rows.some(({ text }) => text === 'bad')) throw refused();
    });
    const call = someCall();
    const texts = Array.from({ length: 3_000 }, (_, i) => (i === 1_234 ? 'bad' : `${i}`));
    for (const text of texts) writer.write(call, 'stdout', text);
    await writer.flush();
    expect(textsOf(stored)).toEqual(texts.filter((text) => text !== 'bad'));
  });

  test('gives up new rows when too many wait', async () => {
    let open = false;
    const { stored, writer } = makeWriter(() => {
      if (!open) throw away();
    });
    const call = someCall();
    for (let i = 0; i < 25_000; i += 1) writer.write(call, 'stdout', 'x');
    open = true;
    await writer.flush();
    expect(stored).toHaveLength(20_000);
  });
});
