import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createReadyQueue } from './ready-queue.ts';

it('hands out the lowest priority number first, and in order of arrival within one', () => {
  const operation = fc.option(fc.integer({ min: -3, max: 3 }), { nil: undefined });
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 300 }), (operations) => {
      const queue = createReadyQueue();
      let model: { node: number; priority: number }[] = [];
      operations.forEach((priority, node) => {
        if (priority !== undefined) {
          queue.push(node, priority);
          model.push({ node, priority });
        } else {
          const [first] = model.toSorted((a, b) => a.priority - b.priority);
          model = model.filter((item) => item !== first);
          expect(queue.pop()).toBe(first?.node ?? -1);
        }
        expect(queue.length).toBe(model.length);
      });
    }),
  );
});

it('forgets what it handed out, however long it gets', () => {
  const queue = createReadyQueue();
  for (let node = 0; node < 10_000; node += 1) queue.push(node, 5);
  for (let node = 0; node < 9_000; node += 1) expect(queue.pop()).toBe(node);
  queue.push(10_000, 5);
  expect(queue.pop()).toBe(9_000);
  expect(queue.length).toBe(1_000);
});

it('is empty when it was cleared', () => {
  const queue = createReadyQueue();
  queue.push(1, 1);
  queue.clear();
  expect([queue.length, queue.pop()]).toEqual([0, -1]);
});
