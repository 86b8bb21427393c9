import { OrchestrationError } from '@tenuto/contract';
import { describe, expect, it } from 'vitest';
import { createEventMatching } from './event/index.ts';
import { createEventPublisher } from './event-publisher.ts';
import type { PublishRequest, PublishResult } from './ports/event-store.ts';

const request = (topic: string, events = 1): PublishRequest => ({
  events: Array.from({ length: events }, () => ({
    ...{ owner: 'ann', topic, payload: 1, origin: 'api' as const, publishedBy: 'ann' },
  })),
  audit: { actor: 'ann', action: 'event.published', subject: '', details: {} },
});
const answers = (requests: readonly PublishRequest[], triggered: number): PublishResult[] =>
  requests.map(({ events }) =>
    events.map(({ topic }) => ({ eventId: 'e', topic, triggered, duplicate: false })),
  );

/** A store whose transactions end when the test says. */
function slowStore(triggered = 0) {
  const groups: { topics: string[]; end(error?: unknown): void }[] = [];
  let published = 0;
  const publisher = createEventPublisher({
    matching: createEventMatching(),
    published: () => {
      published += 1;
    },
    store: {
      publish: (requests) =>
        new Promise((resolve, reject) => {
          groups.push({
            topics: requests.flatMap(({ events }) => events.map(({ topic }) => topic)),
            end: (error) =>
              error === undefined ? resolve(answers(requests, triggered)) : reject(error),
          });
        }),
    },
  });
  return { publisher, groups, published: () => published };
}
const turns = async () => {
  for (let i = 0; i < 10; i += 1) await Promise.resolve();
};

describe('the publisher', () => {
  it('puts what comes during a transaction into the next one', async () => {
    const { publisher, groups, published } = slowStore();
    const all = ['a', 'b', 'c'].map((topic) => publisher.publish(request(topic)));
    await turns();
    expect(groups.map(({ topics }) => topics)).toEqual([['a']]);
    groups[0]?.end();
    await turns();
    expect(groups.map(({ topics }) => topics)).toEqual([['a'], ['b', 'c']]);
    groups[1]?.end();
    const topics = (await Promise.all(all)).map((result) => result !== 'used' && result[0]?.topic);
    expect([topics, published()]).toEqual([['a', 'b', 'c'], 2]);
  });

  it('keeps a transaction small', async () => {
    const { publisher, groups } = slowStore();
    void publisher.publish(request('first'));
    for (let i = 0; i < 3; i += 1) void publisher.publish(request('many', 300));
    void publisher.publish(request('huge', 1_000));
    for (let i = 0; i < 5; i += 1) {
      await turns();
      groups[i]?.end();
    }
    expect(groups.map(({ topics }) => topics.length)).toEqual([1, 300, 300, 300, 1_000]);
  });

  it('keeps it smaller where each event fires many tasks', async () => {
    const { publisher, groups } = slowStore(1_000);
    for (let i = 0; i < 30; i += 1) void publisher.publish(request('many'));
    for (let i = 0; i < 3; i += 1) {
      await turns();
      groups[i]?.end();
    }
    await turns();
    expect(groups.map(({ topics }) => topics.length)).toEqual([1, 10, 10, 9]);
  });

  it('lets one that cannot be written fail alone', async () => {
    const bad = new Error('refused');
    const publisher = createEventPublisher({
      ...{ matching: createEventMatching(), published: () => undefined },
      store: {
        async publish(requests) {
          if (requests.some(({ events }) => events[0]?.topic === 'bad')) throw bad;
          return answers(requests, 0);
        },
      },
    });
    const results = await Promise.allSettled(
      ['a', 'bad', 'b'].map((topic) => publisher.publish(request(topic))),
    );
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });

  it('tells all of them when the database is away', async () => {
    const { publisher, groups } = slowStore();
    const away = new OrchestrationError('store_unavailable', 'away');
    const first = publisher.publish(request('a'));
    const rest = [publisher.publish(request('b')), publisher.publish(request('c'))];
    groups[0]?.end();
    await first;
    await turns();
    groups[1]?.end(away);
    for (const result of await Promise.allSettled(rest)) {
      expect(result).toEqual({ status: 'rejected', reason: away });
    }
    expect(groups).toHaveLength(2);
  });
});
