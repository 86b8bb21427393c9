import { expect, it } from 'vitest';
import {
  auditQueryOf,
  readAuditSearch,
  readCircuitSearch,
  readEngineSearch,
  readPolicySearch,
} from './system-search.ts';

it('reads of an address only what its view knows', () => {
  expect(readEngineSearch({ state: 'lost', x: 1 })).toEqual({ state: 'lost' });
  expect(readEngineSearch({ state: 'gone' })).toEqual({});
  expect(readCircuitSearch({ state: 'open', key: '', circuit: '__proto__' })).toEqual({
    ...{ state: 'open', circuit: '__proto__' },
  });
  expect(readPolicySearch({ policy: 'new' })).toEqual({ policy: 'new' });
  expect(readAuditSearch({ since: 'toString', from: 'soon', actor: 'ana' })).toEqual({
    actor: 'ana',
  });
});

it('turns a span into a time, to the minute', () => {
  const now = Date.parse('2026-01-15T10:00:30.500Z');
  expect(auditQueryOf({ since: 'day', actor: 'ana', row: 'x' }, now)).toEqual({
    ...{ actor: 'ana', from: '2026-01-14T10:00:00.000Z' },
  });
  expect(auditQueryOf({ from: '2026-01-01', to: '2026-01-02' }, now)).toEqual({
    ...{ from: '2026-01-01T00:00:00.000Z', to: '2026-01-02T00:00:00.000Z' },
  });
});
