/** The ledger of calls: what is written before and after, and what later attempts find. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { begunId, type CallDesk, callOf, hashOf, openCallDesk, resultOf } from './call-desk.ts';

let desk: CallDesk;
beforeAll(async () => {
  desk = await openCallDesk();
});
afterAll(() => desk.close());

/** `scripted/*`: $1 in, $4 out; 4,000 bytes and at most 1,000 tokens. */
const UPPER = 8_000_000;
const EXPECTED = 1_000_000;
/** 1,000 tokens in, 500 out. */
const COST = 3_000_000;

describe('a call', () => {
  test('is reserved when it begins, and settled at what it has cost when it ends', async () => {
    const runId = await desk.spending({ run: { usd: 1 } });
    const begun = await desk.ledger.begin(callOf(runId));
    expect(begun).toMatchObject({ state: 'begun', reservedNanoUsd: UPPER });
    expect(await desk.budget('run', runId)).toEqual({
      ...{ spent: 0, expected: EXPECTED, upper: UPPER, calls: 1 },
    });
    expect(await desk.ledger.finish(begunId(begun), resultOf())).toEqual({ costNanoUsd: COST });
    expect(await desk.budget('run', runId)).toEqual({
      spent: COST,
      expected: 0,
      upper: 0,
      calls: 0,
    });
    const [row] = await desk.calls(runId);
    expect(row).toMatchObject({
      ...{ state: 'done', cost_nano: String(COST), input_tokens: '1000', output_tokens: '500' },
      price: { model: 'scripted/*', input: '1', output: '4' },
    });
  });

  test('that was made answers every later attempt with its result', async () => {
    const runId = await desk.spending();
    const id = begunId(await desk.ledger.begin(callOf(runId)));
    await desk.ledger.finish(id, resultOf());
    expect(await desk.ledger.begin(callOf(runId, { attempt: 2 }))).toEqual({
      ...{ state: 'done', result: { text: 'an answer' }, costNanoUsd: COST },
      usage: { input: 1_000, output: 500, cached: 0, reasoning: 0 },
    });
  });

  test('asked for something else is a call of its own', async () => {
    const runId = await desk.spending();
    await desk.ledger.finish(begunId(await desk.ledger.begin(callOf(runId))), resultOf());
    const other = await desk.ledger.begin(callOf(runId, { requestHash: hashOf('another') }));
    expect(other.state).toBe('begun');
  });

  test('may be begun, finished and dropped twice: the first one counts', async () => {
    const runId = await desk.spending();
    const first = await desk.ledger.begin(callOf(runId));
    expect(await desk.ledger.begin(callOf(runId))).toEqual(first);
    await desk.ledger.finish(begunId(first), resultOf());
    const again = resultOf({
      result: 'other',
      usage: { input: 9, output: 9, cached: 0, reasoning: 0 },
    });
    expect(await desk.ledger.finish(begunId(first), again)).toEqual({ costNanoUsd: COST });
    await desk.ledger.drop(begunId(first), 'too late');
    expect(await desk.budget('run', runId)).toMatchObject({ spent: COST, calls: 0 });
    const next = await desk.ledger.begin(callOf(runId, { step: 1 }));
    await desk.ledger.drop(begunId(next), 'refused');
    await desk.ledger.drop(begunId(next), 'refused');
    expect(await desk.budget('run', runId)).toMatchObject({ spent: COST, calls: 0 });
    expect((await desk.ledger.begin(callOf(runId, { step: 1 }))).state).toBe('begun');
  });

  test('of a tool costs nothing and is kept like any other', async () => {
    const runId = await desk.spending({ run: { usd: 0.000001 } });
    const { estimate: _, ...bare } = callOf(runId, {
      kind: 'tool',
      tool: 'c1',
      target: 'mail.send',
    });
    const id = begunId(await desk.ledger.begin(bare));
    const { usage: __, ...result } = resultOf();
    expect(await desk.ledger.finish(id, result)).toEqual({ costNanoUsd: 0 });
    expect(await desk.ledger.begin({ ...bare, attempt: 2 })).toMatchObject({ usage: null });
  });

  test('may have an answer of a mebibyte, and one beyond all bounds is settled and refused', async () => {
    const runId = await desk.spending();
    const text = 'ab"\n'.repeat(262_144);
    const id = begunId(await desk.ledger.begin(callOf(runId)));
    await desk.ledger.finish(id, resultOf({ result: { text } }));
    const later = await desk.ledger.begin(callOf(runId, { attempt: 2 }));
    expect(later).toMatchObject({ state: 'done', result: { text } });
    const huge = begunId(await desk.ledger.begin(callOf(runId, { step: 1, attempt: 2 })));
    const result = 'x'.repeat(9 * 1_048_576);
    await expect(desk.ledger.finish(huge, resultOf({ result }))).rejects.toMatchObject({
      kind: 'too_large',
    });
    expect(await desk.budget('run', runId)).toMatchObject({ spent: 2 * COST, calls: 0 });
  });
});

describe('what a provider says', () => {
  test('never keeps a call from being settled, however odd', async () => {
    const runId = await desk.spending();
    const odd = [
      { input: Number.NaN, output: 1.5, cached: -3, reasoning: Number.POSITIVE_INFINITY },
      { input: 1e300, output: 1e300, cached: 1e300, reasoning: 1e300 },
    ];
    for (const [step, usage] of odd.entries()) {
      const id = begunId(await desk.ledger.begin(callOf(runId, { step })));
      const { costNanoUsd } = await desk.ledger.finish(id, resultOf({ usage }));
      expect(Number.isSafeInteger(costNanoUsd)).toBe(true);
    }
    expect(await desk.budget('run', runId)).toMatchObject({ calls: 0 });
  });

  test('may hold what no database has a character for', async () => {
    const runId = await desk.spending();
    const over = { tool: 'c\0\ud800', loop: 'main/\0', agent: '\0', nodeId: 'a\0' };
    const begun = await desk.ledger.begin(callOf(runId, { ...over, target: 'acme/\0' }));
    await desk.ledger.finish(begunId(begun), resultOf({ result: '\0\ud800', model: '\0' }));
    const again = callOf(runId, { ...over, target: 'acme/\0', attempt: 2 });
    expect(await desk.ledger.begin(again)).toMatchObject({ state: 'done' });
  });
});

describe('a model without a price', () => {
  const unpriced = { target: 'acme/unheard-of' };

  test('is free where nothing has a limit, and refused where something has', async () => {
    const free = await desk.spending();
    const id = begunId(await desk.ledger.begin(callOf(free, unpriced)));
    expect(await desk.ledger.finish(id, resultOf())).toEqual({ costNanoUsd: 0 });
    const limited = await desk.spending({ run: { usd: 1 } });
    await expect(desk.ledger.begin(callOf(limited, unpriced))).rejects.toMatchObject({
      ...{ code: 'unprocessable', message: expect.stringContaining('acme/unheard-of') },
    });
  });

  test('has that of the model that answered, where that is known', async () => {
    const runId = await desk.spending();
    const id = begunId(await desk.ledger.begin(callOf(runId, { target: 'openai/alias' })));
    const { costNanoUsd } = await desk.ledger.finish(id, resultOf({ model: 'gpt-4o-mini' }));
    expect(costNanoUsd).toBe(1_000 * 150 + 500 * 600);
  });
});

describe('a call whose attempt is gone', () => {
  test('is unknown to the next one, counts as paid, and may be made again', async () => {
    const runId = await desk.spending({ run: { usd: 1 } });
    const lost = begunId(await desk.ledger.begin(callOf(runId)));
    const told = await desk.ledger.begin(callOf(runId, { attempt: 2 }));
    expect(told).toEqual({
      ...{ state: 'unknown', callId: lost, estimateNanoUsd: EXPECTED },
      ...{ seenBefore: 0, approved: false },
    });
    expect(await desk.budget('run', runId)).toMatchObject({ spent: EXPECTED, calls: 0 });
    expect(await desk.ledger.begin(callOf(runId, { attempt: 3 }))).toMatchObject({ seenBefore: 1 });
    const again = await desk.ledger.begin(callOf(runId, { attempt: 3, repeatUnknown: true }));
    await desk.ledger.finish(begunId(again), resultOf());
    expect(await desk.budget('run', runId)).toMatchObject({ spent: EXPECTED + COST, calls: 0 });
    expect((await desk.ledger.begin(callOf(runId, { attempt: 4 }))).state).toBe('done');
  });

  test('counts what it has really cost when its answer comes after all', async () => {
    const runId = await desk.spending();
    const lost = begunId(await desk.ledger.begin(callOf(runId)));
    await desk.ledger.begin(callOf(runId, { attempt: 2 }));
    await desk.ledger.finish(lost, resultOf());
    expect(await desk.budget('run', runId)).toMatchObject({ spent: COST, calls: 0 });
    expect((await desk.ledger.begin(callOf(runId, { attempt: 2 }))).state).toBe('done');
  });

  test('never takes the place of the one that was made instead of it', async () => {
    const runId = await desk.spending();
    const lost = begunId(await desk.ledger.begin(callOf(runId)));
    const again = begunId(
      await desk.ledger.begin(callOf(runId, { attempt: 2, repeatUnknown: true })),
    );
    await desk.ledger.finish(lost, resultOf({ result: 'late' }));
    await desk.ledger.finish(again, resultOf({ result: 'in time' }));
    expect(await desk.ledger.begin(callOf(runId, { attempt: 3 }))).toMatchObject({
      result: 'in time',
    });
    expect(await desk.budget('run', runId)).toMatchObject({ spent: 2 * COST, calls: 0 });
  });

  test('costs nothing when whoever made it says that it did not happen', async () => {
    const runId = await desk.spending();
    const lost = begunId(await desk.ledger.begin(callOf(runId)));
    await desk.ledger.begin(callOf(runId, { attempt: 2 }));
    await desk.ledger.drop(lost, 'refused');
    expect(await desk.budget('run', runId)).toMatchObject({ spent: 0, calls: 0 });
    expect((await desk.ledger.begin(callOf(runId, { attempt: 2 }))).state).toBe('begun');
  });

  test('is settled once its end is written, though nobody asks for it again', async () => {
    const runId = await desk.spending();
    await desk.ledger.begin(callOf(runId));
    await desk.ledger.settleStrays();
    expect(await desk.budget('run', runId)).toMatchObject({ spent: 0, calls: 1 });
    await desk.endAttempt(runId, 1);
    await desk.ledger.settleStrays();
    expect(await desk.budget('run', runId)).toMatchObject({ spent: EXPECTED, calls: 0 });
  });
});

describe('who may begin calls', () => {
  test('an attempt that a later one has followed begins none', async () => {
    const runId = await desk.spending();
    await desk.ledger.begin(callOf(runId, { attempt: 2 }));
    await expect(desk.ledger.begin(callOf(runId, { step: 1 }))).rejects.toMatchObject({
      kind: 'fenced',
    });
  });

  test('an engine begins calls of its own runs only', async () => {
    const runId = await desk.spending();
    const own = desk.ledgerOf(desk.owner.engineId);
    expect((await own.begin(callOf(runId))).state).toBe('begun');
    const zombie = desk.ledgerOf(randomUUID());
    await expect(zombie.begin(callOf(runId, { step: 1 }))).rejects.toMatchObject({
      kind: 'fenced',
    });
  });

  test('nobody begins one of a run that is over, nor ends one that is none', async () => {
    const runId = await desk.ended('completed');
    await expect(desk.ledger.begin(callOf(runId))).rejects.toMatchObject({ kind: 'fenced' });
    for (const id of ['x', `${runId}.${randomUUID()}`]) {
      await expect(desk.ledger.finish(id, resultOf())).rejects.toMatchObject({ kind: 'missing' });
    }
  });
});
