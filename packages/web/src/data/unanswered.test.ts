import { expect, it } from 'vitest';
import { createUnanswered } from './unanswered.ts';

const PLACE = 'http://localhost/api/v1/tasks';
const asks = (key: string, body = '{}'): RequestInit => ({
  ...{ method: 'POST', body, headers: { 'idempotency-key': key } },
});
const keyOf = ({ headers }: RequestInit) => new Headers(headers).get('idempotency-key');

it('asks again with the key that got no answer, and only for the same', () => {
  const unanswered = createUnanswered();
  expect(keyOf(unanswered.withKey(PLACE, asks('a')))).toBe('a');
  expect(keyOf(unanswered.withKey(PLACE, asks('b')))).toBe('a');
  expect(keyOf(unanswered.withKey(PLACE, asks('c', '{"other":1}')))).toBe('c');
  expect(keyOf(unanswered.withKey(`${PLACE}/x`, asks('d')))).toBe('d');
});

it('makes another one once there was an answer', () => {
  const unanswered = createUnanswered();
  unanswered.withKey(PLACE, asks('a'));
  unanswered.forget(PLACE, asks('a'));
  expect(keyOf(unanswered.withKey(PLACE, asks('b')))).toBe('b');
});

it('leaves what carries no key as it is, and forgets the oldest', () => {
  const unanswered = createUnanswered();
  const plain = { method: 'DELETE' };
  expect(unanswered.withKey(PLACE, plain)).toBe(plain);
  unanswered.withKey(PLACE, asks('first', '0'));
  for (let at = 1; at <= 20; at += 1) unanswered.withKey(PLACE, asks(`k${at}`, String(at)));
  expect(keyOf(unanswered.withKey(PLACE, asks('new', '0')))).toBe('new');
  expect(keyOf(unanswered.withKey(PLACE, asks('new', '20')))).toBe('k20');
});
