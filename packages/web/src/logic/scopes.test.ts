import { SCOPES } from '@tenuto/contract';
import { expect, it } from 'vitest';
import { mayGive, SCOPE_GROUPS, SCOPE_SETS, toggled } from './scopes.ts';

it('shows every scope in one group', () => {
  expect(SCOPE_GROUPS.flatMap(({ scopes }) => scopes)).toEqual(SCOPES);
  expect(SCOPE_GROUPS.map(({ name }) => name)).toContain('runs');
});

it('lets nobody give away more than they have', () => {
  expect(mayGive(['runs:read', 'unknown'])).toEqual(['runs:read']);
  expect(mayGive(['admin'])).toEqual(SCOPES);
});

it('puts scopes in and takes them out in one order', () => {
  expect(toggled(['runs:read'], 'jobs:read')).toEqual(['jobs:read', 'runs:read']);
  expect(toggled(['jobs:read', 'runs:read'], 'jobs:read')).toEqual(['runs:read']);
});

it('begins with what only looks, or with what works with runs, and never with all', () => {
  const look = SCOPES.filter(SCOPE_SETS.look);
  expect(look).toContain('audit:read');
  expect(look.every((scope) => scope.endsWith(':read'))).toBe(true);
  const work = SCOPES.filter(SCOPE_SETS.work);
  expect(work).toEqual(expect.arrayContaining([...look, 'runs:write', 'tasks:create']));
  expect(work).not.toContain('runs:override');
  for (const scope of ['admin', 'agents:write', 'workers:connect'])
    expect(work).not.toContain(scope);
});
