import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { connection, doubt, onReturn } from './connection.ts';

const ask = vi.fn<typeof fetch>();
const back = vi.fn();
let forget: () => void;
beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('fetch', ask);
  vi.clearAllMocks();
  forget = onReturn(back);
});
afterEach(() => {
  forget();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const silent = () => ask.mockRejectedValue(new TypeError('Failed to fetch'));
const says = (status: string) =>
  ask.mockImplementation(async () =>
    Response.json({ status }, { status: status === 'ok' ? 200 : 503 }),
  );

it('asks a server that is away more and more seldom, and reads anew once when it is back', async () => {
  silent();
  for (let request = 0; request < 50; request += 1) doubt();
  await vi.advanceTimersByTimeAsync(0);
  expect(ask).toHaveBeenCalledTimes(1);
  expect(connection.get()).toMatchObject({ kind: 'away', reason: 'silent' });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(ask.mock.calls.length).toBeLessThan(36);
  expect(ask.mock.calls.length).toBeGreaterThan(12);
  says('draining');
  await vi.advanceTimersByTimeAsync(4_000);
  expect(connection.get()).toMatchObject({ kind: 'away', reason: 'draining' });
  says('ok');
  await vi.advanceTimersByTimeAsync(4_000);
  expect(connection.get()).toEqual({ kind: 'live' });
  expect(back).toHaveBeenCalledTimes(1);
});

it('does not take requests that fail for a server that is away, nor asks after each of them', async () => {
  says('ok');
  for (let tenths = 0; tenths < 100; tenths += 1) {
    doubt();
    await vi.advanceTimersByTimeAsync(100);
    expect(connection.get()).toEqual({ kind: 'live' });
  }
  expect(ask.mock.calls.length).toBeLessThanOrEqual(11);
  expect(back).not.toHaveBeenCalled();
});
