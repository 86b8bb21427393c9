import type { NodeInput } from '@tenuto/contract';
import type { Access, UsableRetryPolicy } from '@tenuto/engine';
import { describe, expect, it } from 'vitest';
import { createPolicyUse, type RetryWords } from './retry-policy-use.ts';

const defaults = { maxRetries: 3, maxRetryDelayMs: 20_000 };
const ANN: Access = { owner: 'ann', all: false };

/** A policy id that ends so. */
const id = (end: string) => `0199a1b2-7c3d-7e4f-8a5b-${end.padStart(12, '0')}`;

const policy = (end: string, over: Partial<UsableRetryPolicy> = {}): UsableRetryPolicy => ({
  policyId: id(end),
  version: 1,
  policy: { max_attempts: 2 },
  jobTypes: [],
  ...over,
});

/** Uses of policies from a store that has these, with what it was asked. */
function useOf(known: readonly UsableRetryPolicy[]) {
  const asked: string[] = [];
  let now = 0;
  let away = false;
  const answer = async (question: string, found: readonly UsableRetryPolicy[]) => {
    asked.push(question);
    if (away) throw new Error('away');
    return found;
  };
  const use = createPolicyUse({
    store: {
      usable: ({ owner }, ids) =>
        answer(
          `${owner} ${ids.length}`,
          known.filter((one) => ids.includes(one.policyId)),
        ),
      typed: (owner) =>
        answer(
          owner,
          known.filter((one) => one.jobTypes.length > 0),
        ),
    },
    clock: { mono: () => now },
    defaults,
  });
  const job = (words: Partial<RetryWords> = {}, nodes: readonly NodeInput[] = []) =>
    use.forJob(ANN, words, { nodes });
  return {
    ...{ use, asked, job },
    pass: (ms: number) => {
      now += ms;
    },
    lose: (lost: boolean) => {
      away = lost;
    },
  };
}

describe('a job that names policies', () => {
  const known = [policy('a'), policy('b', { version: 4 }), policy('c', { jobTypes: ['dag'] })];
  const nodes: NodeInput[] = [
    {
      id: 'g',
      children: [
        { id: 'x', retry: id('a') },
        { id: 'y', retry: id('a').toUpperCase() },
      ],
    },
    { id: 'z', retry: { max_attempts: 3 } },
  ];

  it('gets them by one question, in the versions in force, and no other', async () => {
    const { job, asked } = useOf(known);
    const found = await job({ retry_policy_id: id('b').toUpperCase() }, nodes);
    expect(asked).toEqual(['ann 2']);
    expect([...found.policies.keys()].toSorted()).toEqual([id('a'), id('b')]);
    expect(found.job).toMatchObject({ policyId: id('b'), version: 4 });
    expect(found.used).toEqual([
      { policy_id: id('a'), version: 1, used_by: 'nodes' },
      { policy_id: id('b'), version: 4, used_by: 'job' },
    ]);
  });

  it('is refused when the one of the job is not there; one of a node is for the compiler', async () => {
    const { job } = useOf(known);
    await expect(job({ retry_policy_id: id('d') })).rejects.toMatchObject({
      code: 'invalid_retry_policy',
      message: `There is no retry policy ${id('d')}.`,
      validationErrors: [{ path: '/retry_policy_id' }],
    });
    const found = await job({ max_retries: 1 }, [{ id: 'x', retry: id('d') }]);
    expect(found).toEqual({ policies: new Map(), job: undefined, used: [] });
  });

  it('may name a hundred, not more', async () => {
    const { job, asked } = useOf([]);
    const many = (count: number) =>
      Array.from({ length: count }, (_, n) => ({ id: `n${n}`, retry: id(String(n)) }));
    await job({ max_retries: 1 }, many(100));
    await expect(job({ max_retries: 1 }, many(101))).rejects.toMatchObject({
      code: 'invalid_retry_policy',
    });
    expect(asked).toEqual(['ann 100']);
  });

  it('gets what the deployment says where they say nothing, and no longer delays', async () => {
    const { job } = useOf([policy('a', { policy: { max_delay_ms: 90_000 } })]);
    const { job: found } = await job({ retry_policy_id: id('a') });
    expect(found?.policy).toEqual({ max_delay_ms: 20_000, max_retries: 3 });
  });
});

describe('a job that says nothing about retries', () => {
  const known = [
    policy('new', { jobTypes: ['import', 'export'] }),
    policy('old', { jobTypes: ['import', 'dag'] }),
  ];

  it('gets the newest policy that names its type', async () => {
    const { job } = useOf(known);
    const typeOf = async (job_type?: string) =>
      (await job(job_type === undefined ? {} : { job_type })).used;
    expect(await typeOf('import')).toEqual([
      { policy_id: id('new'), version: 1, used_by: 'job_type' },
    ]);
    expect(await typeOf()).toEqual([{ policy_id: id('old'), version: 1, used_by: 'job_type' }]);
    expect(await typeOf('other')).toEqual([]);
  });

  it('is not one that writes a policy, or a number', async () => {
    const { job, asked } = useOf(known);
    for (const words of [{ max_retries: 0 }, { retry_policy: {} }]) {
      expect((await job({ job_type: 'import', ...words })).job).toBeUndefined();
    }
    expect(asked).toEqual([]);
  });

  it('asks the store once in a while, not once a job', async () => {
    const { job, asked, pass, use } = useOf(known);
    await Promise.all(Array.from({ length: 100 }, () => job()));
    pass(1_999);
    await job();
    expect(asked).toEqual(['ann']);
    pass(1);
    await job();
    expect(asked).toHaveLength(2);
    use.changed('bob');
    await job();
    expect(asked).toHaveLength(2);
    use.changed('ann');
    await job();
    expect(asked).toHaveLength(3);
  });

  it('asks again after a failure', async () => {
    const { job, lose } = useOf(known);
    lose(true);
    await expect(job()).rejects.toThrow('away');
    lose(false);
    expect((await job()).job).toBeDefined();
  });
});
