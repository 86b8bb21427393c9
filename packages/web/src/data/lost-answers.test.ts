import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { LostAnswer } from '../logic/lost-answer.ts';
import { sendChange } from './lost-answers.ts';

const URL = 'http://127.0.0.1/api/v1/orchestration/job';
const KEY = 'idempotency-key';
/** As the SDK sends it: each request has a key of its own. */
const asks = (body: string, headers: Record<string, string> = { [KEY]: crypto.randomUUID() }) =>
  ({ method: 'POST', body, headers }) satisfies RequestInit;

let seen: (string | null)[];
const sender = (answer: () => Response | Promise<never>) => ({
  who: 'ada',
  send: async (init: RequestInit) => {
    seen.push(new Headers(init.headers).get(KEY));
    return answer();
  },
});
const lost = sender(() => Promise.reject(new TypeError('Failed to fetch')));
const answers = (status: number) => sender(() => new Response('{"a":1}', { status }));

beforeEach(() => {
  seen = [];
  vi.useFakeTimers();
});
afterEach(() => void vi.useRealTimers());

it('asks again under the same key until the answer is seen', async () => {
  await expect(sendChange(URL, asks('one'), lost)).rejects.toThrow(LostAnswer);
  await sendChange(URL, asks('one'), answers(503));
  await sendChange(URL, asks('one'), answers(409));
  const answer = await sendChange(URL, asks('one'), answers(201));
  expect([answer.status, await answer.json()]).toEqual([201, { a: 1 }]);
  await sendChange(URL, asks('one'), answers(201));
  expect(new Set(seen.slice(0, 4)).size).toBe(1);
  expect(seen[4]).not.toBe(seen[3]);
});

it('counts an answer that is cut off as lost', async () => {
  const cut = sender(() => {
    const body = new ReadableStream({ start: (stream) => stream.error(new Error('cut off')) });
    return new Response(body, { status: 201 });
  });
  await expect(sendChange(URL, asks('two'), cut)).rejects.toMatchObject({ isOnce: true });
  await sendChange(URL, asks('two'), answers(201));
  expect(seen[1]).toBe(seen[0]);
});

it('takes something else, and the same much later, for something new', async () => {
  await expect(sendChange(URL, asks('three'), lost)).rejects.toThrow(LostAnswer);
  await sendChange(URL, asks('four'), answers(201));
  vi.advanceTimersByTime(600_000);
  await sendChange(URL, asks('three'), answers(201));
  expect(new Set(seen).size).toBe(3);
});

it('says of what has no key that it may have been done, and of a question nothing of the kind', async () => {
  await expect(sendChange(URL, asks('five', {}), lost)).rejects.toMatchObject({ isOnce: false });
  await expect(sendChange(`${URL}?dry_run=true`, asks('six', {}), lost)).rejects.toThrow(TypeError);
  expect(seen).toEqual([null, null]);
});
