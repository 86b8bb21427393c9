/** The rule under every order of calls that begin and end, whatever they turn out to cost. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type BudgetState, isNearlySpent, judgeCall, judgeNested } from './budget.ts';

const state = (over: Partial<BudgetState> = {}): BudgetState => ({
  ...{ limit: 100, spent: 0, expected: 0, upper: 0, upperMost: 0 },
  ...over,
});

interface Call {
  readonly expected: number;
  readonly upper: number;
  readonly cost: number;
}

/** A budget with what is going on in it. */
class Account {
  spent = 0;
  readonly flights: Call[] = [];
  readonly settled: Call[] = [];
  readonly limit: number | null;

  constructor(limit: number | null) {
    this.limit = limit;
  }

  get state(): BudgetState {
    const uppers = this.flights.map((call) => call.upper);
    return {
      ...{
        limit: this.limit,
        spent: this.spent,
        upper: sum(uppers),
        upperMost: Math.max(0, ...uppers),
      },
      expected: sum(this.flights.map((call) => call.expected)),
    };
  }

  settle(call: Call): void {
    this.flights.splice(this.flights.indexOf(call), 1);
    this.settled.push(call);
    this.spent += call.cost;
  }
}

const sum = (numbers: readonly number[]) => numbers.reduce((all, one) => all + one, 0);

const aCall = fc
  .tuple(fc.integer({ min: 0, max: 60 }), fc.nat(1_000), fc.nat(1_000))
  .map(([upper, expected, cost]) => ({
    upper,
    expected: Math.floor((upper * expected) / 1_000),
    cost: Math.floor((upper * cost) / 1_000),
  }));
/** Begin a call, or end one of those that are going on. */
const aStep = fc.oneof(
  aCall.map((call) => ({ call, end: undefined })),
  fc.nat(100).map((end) => ({ call: undefined, end })),
);

describe('one call', () => {
  test('fits while what is expected of all stays within the limit', () => {
    expect(judgeCall(state({ spent: 90 }), { expected: 10, upper: 500 })).toBe('fits');
    expect(judgeCall(state({ spent: 90 }), { expected: 11, upper: 11 })).toBe('over');
  });

  test('waits for calls that are going on if it fits without them', () => {
    const flying = state({ spent: 50, expected: 45, upper: 90, upperMost: 90 });
    expect(judgeCall(flying, { expected: 10, upper: 20 })).toBe('wait');
    expect(judgeCall(flying, { expected: 51, upper: 60 })).toBe('over');
  });

  test('waits when two of those that are going on could both pass the limit', () => {
    const flying = state({ spent: 50, expected: 1, upper: 90, upperMost: 90 });
    expect(judgeCall(flying, { expected: 1, upper: 50 })).toBe('fits');
    expect(judgeCall(flying, { expected: 1, upper: 51 })).toBe('wait');
  });

  test('passes a budget without a limit', () => {
    expect(judgeCall(state({ limit: null, spent: 1e15 }), { expected: 1e15, upper: 1e15 })).toBe(
      'fits',
    );
  });
});

describe('calls that begin and end in any order', () => {
  const histories = fc.tuple(fc.integer({ min: 0, max: 200 }), fc.array(aStep, { maxLength: 60 }));

  test('never pass the limit by more than one call, whatever they cost', () => {
    fc.assert(
      fc.property(histories, ([limit, steps]) => {
        const account = new Account(limit);
        for (const { call, end } of steps) {
          const { flights } = account;
          if (call === undefined) {
            const ending = flights[end % Math.max(1, flights.length)];
            if (ending !== undefined) account.settle(ending);
          } else if (judgeCall(account.state, call) === 'fits') {
            account.flights.push(call);
          }
          // All in flight may end now, at what they cost or at most.
          const worst = [...account.settled.map((c) => c.cost), ...flights.map((c) => c.upper)];
          expect(sum(worst) - Math.max(0, ...worst)).toBeLessThanOrEqual(limit);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test('never wait for nothing: with none in flight a call fits or is over', () => {
    fc.assert(
      fc.property(fc.nat(200), fc.nat(300), aCall, (limit, spent, call) => {
        expect(judgeCall(state({ limit, spent }), call)).not.toBe('wait');
      }),
    );
  });

  test('all come to an end: whoever waits begins or is over once the others have ended', () => {
    fc.assert(
      fc.property(fc.nat(200), fc.array(aCall, { maxLength: 20 }), (limit, calls) => {
        const account = new Account(limit);
        let waiting = calls;
        for (let rounds = 0; waiting.length > 0 || account.flights.length > 0; rounds += 1) {
          expect(rounds).toBeLessThanOrEqual(2 * calls.length + 1);
          waiting = waiting.filter((call) => {
            const verdict = judgeCall(account.state, call);
            if (verdict === 'fits') account.flights.push(call);
            return verdict === 'wait';
          });
          const [first] = account.flights;
          if (first !== undefined) account.settle(first);
        }
      }),
    );
  });

  test('need no room that is there: a call that is expected to fit alone is let through', () => {
    fc.assert(
      fc.property(fc.nat(200), aCall, (limit, call) => {
        expect(judgeCall(state({ limit }), call)).toBe(call.expected <= limit ? 'fits' : 'over');
      }),
    );
  });
});

describe('several budgets', () => {
  test('must all let a call pass, and the one that is over is named before one that is full', () => {
    const free = { ...state(), name: 'free' };
    const full = { ...state({ spent: 50, expected: 50, upper: 50, upperMost: 50 }), name: 'full' };
    const spent = { ...state({ spent: 100 }), name: 'spent' };
    const call = { expected: 10, upper: 10 };
    expect(judgeNested([free, free], call)).toEqual({ verdict: 'fits' });
    expect(judgeNested([free, full], call)).toMatchObject({
      verdict: 'wait',
      budget: { name: 'full' },
    });
    expect(judgeNested([full, spent], call)).toMatchObject({
      verdict: 'over',
      budget: { name: 'spent' },
    });
  });

  test('each keep the promise of one', () => {
    const limits = fc.tuple(fc.nat(100), fc.nat(100), fc.option(fc.nat(100)));
    fc.assert(
      fc.property(limits, fc.array(aStep, { maxLength: 40 }), (given, steps) => {
        const accounts = given.map((limit) => new Account(limit));
        for (const { call, end } of steps) {
          const flights = accounts[0]?.flights ?? [];
          const ending = end === undefined ? undefined : flights[end % Math.max(1, flights.length)];
          if (ending !== undefined) for (const account of accounts) account.settle(ending);
          if (call === undefined) continue;
          const verdict = judgeNested(
            accounts.map((account) => account.state),
            call,
          );
          if (verdict.verdict === 'fits')
            for (const account of accounts) account.flights.push(call);
        }
        for (const { limit, settled, flights } of accounts) {
          const worst = [...settled.map((c) => c.cost), ...flights.map((c) => c.upper)];
          if (limit !== null) expect(sum(worst) - Math.max(0, ...worst)).toBeLessThanOrEqual(limit);
        }
      }),
    );
  });
});

test('a budget is nearly used up from a share of it on', () => {
  expect(isNearlySpent({ limit: 100, spent: 79 }, 0.8)).toBe(false);
  expect(isNearlySpent({ limit: 100, spent: 80 }, 0.8)).toBe(true);
  expect(isNearlySpent({ limit: null, spent: 1e9 }, 0.8)).toBe(false);
});
