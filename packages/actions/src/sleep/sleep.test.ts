import { expect, test } from 'vitest';
import { callWith, NOW_MS } from '../http/http.fixture.ts';
import { sleepFor, sleepUntil } from './index.ts';

const DAY_MS = 86_400_000;
const until = (ms: number) => ({ status: 'waiting', wait: { kind: 'time', until: ms } });

test('a sleep for seconds waits from the start of its attempt', () => {
  expect(sleepFor().run(callWith({ seconds: 90 }))).toEqual(until(NOW_MS + 90_000));
});

test.each([-DAY_MS, 0, DAY_MS])('a sleep until %d ms from now waits until then', (ms) => {
  const at = new Date(NOW_MS + ms).toISOString();
  expect(sleepUntil().run(callWith({ at }))).toEqual(until(NOW_MS + ms));
});

test.each([
  'soon',
  '',
  '2026-99-01T00:00:00Z',
  new Date(NOW_MS + 400 * DAY_MS).toISOString(),
])('a sleep until "%s" is never tried again', (at) => {
  expect(sleepUntil().run(callWith({ at }))).toMatchObject({
    status: 'failed',
    error: { classification: 'validation', type: 'invalid_time' },
  });
});
