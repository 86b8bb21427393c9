/** Everything that may be asked of a run of a profile, asked at the same time. */

import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PhasedApi, plainProfile, startPhasedApi } from './phased-api.ts';
import type { Answer } from './server.ts';

/** Numbers that one try draws at most. */
const ROLLS = 2_000;

let api: PhasedApi;
beforeAll(async () => {
  api = await startPhasedApi({
    actions: {
      work: async () => {
        await new Promise((resolve) => setTimeout(resolve, 5));
        return { status: 'completed', output: 1 };
      },
    },
  });
  const crew = ['ann', 'bob'].map((id) => ({ id, uses: 'work', with: {} }));
  const phases = [
    { id: 'one', agents: crew },
    { id: 'left', needs: ['one'], agents: crew },
    { id: 'right', needs: ['one'], agents: crew },
    { id: 'last', needs: ['left', 'right'], agents: crew },
  ];
  await api.profile(plainProfile('raced', phases));
});
afterAll(() => api[Symbol.asyncDispose]());

/** A phase that is taken back meanwhile is waited for in vain. */
const SHORTLY = { prefer: 'wait=1' };

/** What a person may be told: it was done, it is on its way, it cannot be done now, a gate blocks. */
const TOLD = new Set([200, 201, 202, 409, 422]);

describe('a run of a profile, asked many things at once', () => {
  it.each(Array.from({ length: 6 }, (_, seed) => [seed]))('comes to its end (%i)', async (seed) => {
    const rolls = fc.sample(fc.nat(), { seed, numRuns: ROLLS }).values();
    const dice = { roll: (bound: number) => (rolls.next().value ?? 0) % bound };
    const runId = await api.start({ profile: 'raced' });
    const clones: string[] = [];
    const deeds: (() => Promise<Answer>)[] = [
      () => api.next(runId, {}, SHORTLY),
      () => api.next(runId, {}, { prefer: 'respond-async' }),
      () => api.next(runId, { skip_validation: true }, SHORTLY),
      () => api.deed(runId, 'rollback', { phase: 'one' }),
      () => api.deed(runId, 'rollback', { phase: 'left' }),
      () => api.deed(runId, 'pause'),
      () => api.deed(runId, 'resume'),
      async () => {
        const made = await api.deed(runId, 'clone', { from_phase: 'left' });
        if (made.status === 201) clones.push(made.body.run_id);
        return made;
      },
      async () => {
        const made = await api.deed(runId, 'fork', { from_node: 'one/bob' });
        if (made.status === 201) clones.push(made.body.run_id);
        return made;
      },
      async () => {
        dice.roll(2) === 0 ? api.blocked.set('left', 'error') : api.blocked.delete('left');
        return await api.next(runId, {}, SHORTLY);
      },
    ];
    const wrong: unknown[] = [];
    for (let round = 0; round < 4; round += 1) {
      const many = Array.from({ length: 2 + dice.roll(10) }, () => deeds[dice.roll(deeds.length)]);
      const answers = await Promise.all(many.map((deed) => deed?.()));
      for (const answer of answers) {
        if (answer !== undefined && !TOLD.has(answer.status)) wrong.push(answer.text);
      }
    }
    expect(wrong).toEqual([]);
    api.blocked.clear();
    for (const each of [runId, ...clones.slice(0, 4)]) await finish(each);
    for (const each of clones.slice(4)) await api.deed(each, 'cancel');
  });

  it('ends once when it is cancelled among them', async () => {
    for (let round = 0; round < 8; round += 1) {
      const runId = await api.start({ profile: 'raced' });
      const answers = await Promise.all([
        ...[api.next(runId), api.next(runId), api.deed(runId, 'cancel'), api.next(runId)],
        ...[api.deed(runId, 'pause'), api.deed(runId, 'rollback', { phase: 'one' })],
        ...[api.deed(runId, 'cancel'), api.deed(runId, 'resume')],
      ]);
      expect(answers.filter(({ status }) => !TOLD.has(status)).map(({ text }) => text)).toEqual([]);
      await api.until(runId, (run) => run.status === 'cancelled');
    }
  });
});

/** Tells a run to go on until it is over. */
async function finish(runId: string): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    const run = await api.run(runId);
    if (run.status === 'completed') return;
    if (run.status === 'paused') await api.deed(runId, 'resume');
    const { status, text } = await api.next(runId);
    expect([TOLD.has(status), text]).toEqual([true, text]);
  }
  expect(await api.run(runId)).toMatchObject({ status: 'completed' });
}
