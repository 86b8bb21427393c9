import fc from 'fast-check';
import { expect, it } from 'vitest';
import { givenIn, planView } from './plan-view.ts';

const documentOf = (nodes: number, edges: number, text = 'x') =>
  JSON.stringify({
    schema_version: 1,
    nodes: Array.from({ length: nodes }, (_, i) => ({ id: `${text}${i}`, uses: 'sleep.for' })),
    edges: Array.from({ length: edges }, (_, i) => ({
      from: `${text}${i}`,
      to: `${text}${i + 1}`,
    })),
    retry: { max_retries: 3 },
  });

it('a plan that is small enough is shown whole', () => {
  const document = documentOf(3, 2);
  expect(planView(document)).toEqual({ plan: JSON.parse(document) });
});

it('of a large plan the first nodes and edges are shown, and how many more there are', () => {
  const view = planView(documentOf(100_000, 99_999));
  expect(JSON.stringify(view).length).toBeLessThan(1_001_000);
  const shown = view.plan as { nodes: unknown[]; edges: unknown[]; retry: object };
  expect(shown.retry).toEqual({ max_retries: 3 });
  expect(shown.nodes[0]).toEqual({ id: 'x0', uses: 'sleep.for' });
  expect(view.plan_omitted).toEqual({
    nodes: 100_000 - shown.nodes.length,
    edges: 99_999 - shown.edges.length,
  });
});

it('what is shown never grows beyond the bound, and begins like the plan', () => {
  const sizes = fc.integer({ min: 0, max: 60 });
  const texts = fc.stringMatching(/^[a-zü"\\]{0,40}$/);
  fc.assert(
    fc.property(sizes, sizes, texts, fc.integer({ min: 100, max: 5_000 }), (n, e, text, chars) => {
      const document = documentOf(n, e, text);
      const whole = JSON.parse(document);
      const { plan, plan_omitted: omitted } = planView(document, chars);
      const shown = plan as { nodes: unknown[]; edges: unknown[] };
      expect(shown.nodes).toEqual(whole.nodes.slice(0, shown.nodes.length));
      expect(shown.edges).toEqual(whole.edges.slice(0, shown.edges.length));
      if (omitted === undefined) expect(document.length).toBeLessThanOrEqual(chars);
      else expect(JSON.stringify(plan).length).toBeLessThanOrEqual(chars + 100);
      expect(shown.nodes.length + (omitted?.nodes ?? 0)).toBe(n);
      expect(shown.edges.length + (omitted?.edges ?? 0)).toBe(e);
    }),
  );
});

it('tells what a node is given as it was written, also in a group', () => {
  const written = { url: '${params.url}' };
  const document = JSON.stringify({
    nodes: [
      { id: 'bare' },
      { id: 'group', children: [{ id: 'inner', with: written }] },
      { id: 'old', action_parameters: { seconds: 1 } },
    ],
  });
  expect(givenIn(document, 'inner')).toEqual(written);
  expect(givenIn(document, 'old')).toEqual({ seconds: 1 });
  expect(givenIn(document, 'bare')).toBeUndefined();
  expect(givenIn(document, 'nobody')).toBeUndefined();
});
