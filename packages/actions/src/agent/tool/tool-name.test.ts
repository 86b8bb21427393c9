import fc from 'fast-check';
import { expect, it } from 'vitest';
import { wireName } from './tool-name.ts';

it.each([
  ['workspace.read', 'workspace_read'],
  ['agent.researcher', 'agent_researcher'],
  ['github.create-issue', 'github_create-issue'],
])('%s is told to models as %s', (name, wire) => {
  expect(wireName(name)).toBe(wire);
});

it('takes the form that all providers take, whatever the name', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 300 }), (name) => {
      expect(wireName(name)).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
    }),
  );
});

it('tells long names apart', () => {
  const long = 'x'.repeat(100);
  expect(wireName(`${long}a`)).not.toBe(wireName(`${long}b`));
});
