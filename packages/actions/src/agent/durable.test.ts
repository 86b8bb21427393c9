import { type BlockingBudget, CallLedgerError } from '@tenuto/engine';
import { type ProviderScript, startProviderServer } from '@tenuto/testkit';
import { describe, expect, it, onTestFinished } from 'vitest';
import { errorOf } from '../command/command.fixture.ts';
import { agentCall, agentStage, logOf } from './agent.fixture.ts';
import { agentRun } from './agent-run.ts';

async function stageWith(answer: ProviderScript) {
  const provider = await startProviderServer(answer);
  const stage = await agentStage({ baseUrl: provider.url });
  onTestFinished(async () => {
    await stage.remove();
    await provider.close();
  });
  return { provider, stage, action: agentRun(stage) };
}

const budget = (more: Partial<BlockingBudget> = {}): BlockingBudget => ({
  ...{ budgetId: 'b1', scope: 'run', onCrossing: 'pause' },
  ...{ limitNanoUsd: 1_000_000_000, spentNanoUsd: 900_000_000 },
  ...more,
});

describe('a call that its provider does not answer', () => {
  it('is made again when that may help, and no budget is charged for what was refused', async () => {
    const { provider, stage, action } = await stageWith((_, number) =>
      number < 2
        ? { status: [503, 429][number] ?? 500, headers: { 'retry-after-ms': '1' } }
        : { text: 'There.' },
    );
    const call = agentCall({});
    expect(await action.run(call)).toMatchObject({ status: 'completed', output: { steps: 1 } });
    expect(provider.requests).toHaveLength(3);
    expect(stage.ledger.rows.map(({ dropped }) => dropped)).toEqual([
      'model_status',
      'model_rate_limited',
      undefined,
    ]);
  });

  it('leaves a long Retry-After to the retry of the attempt', async () => {
    const { provider, action } = await stageWith(() => ({
      status: 429,
      headers: { 'retry-after': '120' },
    }));
    expect(errorOf(await action.run(agentCall({})))).toMatchObject({
      classification: 'rate_limited',
      type: 'model_rate_limited',
      retryAfterMs: 120_000,
    });
    expect(provider.requests).toHaveLength(1);
  });

  it.each([
    [401, 'permanent', 'model_unauthorized'],
    [400, 'permanent', 'model_request_refused'],
    [402, 'resource_exhausted', 'model_quota'],
  ])('with %i ends the attempt at once, without the key in its words', async (status, classification, type) => {
    const error = 'Incorrect API key provided: sk-very-secret-key';
    const { provider, action } = await stageWith(() => ({ status, error }));
    const call = agentCall({});
    const said = errorOf(await action.run(call));
    expect(said).toMatchObject({ classification, type });
    expect(said.message + logOf(call)).not.toContain('sk-very');
    expect(provider.requests).toHaveLength(1);
  });

  it('is told from a quota that is used up', async () => {
    const { action } = await stageWith(() => ({
      status: 429,
      error: 'You exceeded your current quota, please check your plan.',
    }));
    expect(errorOf(await action.run(agentCall({})))).toMatchObject({ type: 'model_quota' });
  });

  it('is made again when it broke off in the middle, as far as the price allows', async () => {
    const { provider, stage, action } = await stageWith((_, number) =>
      number === 0 ? { text: 'one two three four', dropAfter: 3 } : { text: 'Whole.' },
    );
    expect(await action.run(agentCall({}))).toMatchObject({ output: { text: 'Whole.' } });
    expect(provider.requests).toHaveLength(2);
    // What was cut off is counted, and another attempt finds both calls.
    expect(stage.ledger.made('model').map(({ result }) => result?.result)).toMatchObject([
      { lost: 'connection_reset' },
      { finish: 'stop' },
    ]);
    const again = await action.run(agentCall({}, { attempt: 2 }));
    expect(again).toMatchObject({ output: { text: 'Whole.', steps: 1 } });
    expect(provider.requests).toHaveLength(2);
  });

  it("is a person's to decide about when it broke off and was dear", async () => {
    const { provider, action } = await stageWith(() => ({ text: 'one two three', dropAfter: 2 }));
    const error = errorOf(await action.run(agentCall({ ask_above_usd: 0 })));
    expect(error).toMatchObject({ type: 'outcome_unknown', ask: 'ambiguous' });
    expect(provider.requests).toHaveLength(1);
  });

  it('is cut off at its own time limit, and fails as a timeout', async () => {
    const { action } = await stageWith(() => ({ text: 'late', delayMs: 60_000 }));
    const parameters = { call_timeout_seconds: 0.05, call_retries: 0 };
    expect(await action.run(agentCall(parameters))).toMatchObject({
      status: 'timeout',
      error: { classification: 'timeout', type: 'model_timeout' },
    });
  });

  it('ends when the attempt is told to end', async () => {
    const stopper = new AbortController();
    const { action } = await stageWith(() => {
      stopper.abort('cancelled');
      return { text: 'late', delayMs: 60_000 };
    });
    const outcome = await action.run(agentCall({}, { signal: stopper.signal }));
    expect(outcome).toMatchObject({ status: 'cancelled', error: { type: 'cancelled' } });
  });

  it('fails as transient when nobody is there', async () => {
    const { provider, stage, action } = await stageWith(() => ({ text: 'x' }));
    await provider.close();
    expect(errorOf(await action.run(agentCall({ call_retries: 0 })))).toMatchObject({
      classification: 'transient',
      type: 'connection_refused',
    });
    expect(stage.ledger.rows[0]?.dropped).toBe('connection_refused');
  });
});

describe('a call that was under way when its engine died', () => {
  async function killedAtSecondCall() {
    const stopper = new AbortController();
    const answer: ProviderScript = (_, number) => {
      if (number === 0) return { toolCalls: [{ name: 'workspace_list', input: {} }] };
      if (number === 1) stopper.abort('cancelled');
      return { text: `answer ${number}`, ...(number === 1 && { delayMs: 60_000 }) };
    };
    const stage = await stageWith(answer);
    await stage.action.run(agentCall({}, { signal: stopper.signal }));
    expect(stage.provider.requests).toHaveLength(2);
    return stage;
  }

  it('is made again when it is cheap, and no recorded one is', async () => {
    const { provider, action } = await killedAtSecondCall();
    const outcome = await action.run(agentCall({}, { attempt: 2 }));
    expect(outcome).toMatchObject({ status: 'completed', output: { text: 'answer 2', steps: 2 } });
    expect(provider.requests).toHaveLength(3);
  });

  it('is asked about above the price, and made again once that is decided', async () => {
    const { provider, stage, action } = await killedAtSecondCall();
    stage.ledger.price = 1_000_000;
    const asked = errorOf(await action.run(agentCall({}, { attempt: 2 })));
    expect(asked).toMatchObject({ type: 'outcome_unknown', ask: 'ambiguous' });
    expect(asked.message).toMatch(/step 2 of writer/);
    expect(provider.requests).toHaveLength(2);
    const decided = await action.run(agentCall({}, { attempt: 3, decided: true }));
    expect(decided).toMatchObject({ status: 'completed', output: { text: 'answer 2' } });
  });

  it.each([
    ['retry', 'completed', 3],
    ['fail', 'failed', 2],
    ['ask', 'failed', 2],
  ] as const)('follows on_ambiguous %s', async (onAmbiguous, status, calls) => {
    const { provider, stage, action } = await killedAtSecondCall();
    if (onAmbiguous === 'retry') stage.ledger.price = 1_000_000;
    const outcome = await action.run(agentCall({}, { attempt: 2, onAmbiguous }));
    expect(outcome.status).toBe(status);
    expect(provider.requests).toHaveLength(calls);
  });

  it('of a command is always asked about, and of what only looks never', async () => {
    const { stage, action } = await stageWith((_, number) =>
      number === 0
        ? { toolCalls: [{ name: 'command_run', input: { command: [process.execPath, '-v'] } }] }
        : { text: 'ok' },
    );
    const stopper = new AbortController();
    const { ledger } = stage;
    const { finish } = ledger;
    // As if killed between the command and its record.
    ledger.finish = async (callId, result) => {
      if (result.usage !== undefined) return await finish(callId, result);
      stopper.abort('cancelled');
      throw new Error('killed');
    };
    const tools = ['command.run'];
    await action.run(agentCall({ tools }, { signal: stopper.signal }));
    ledger.finish = finish;
    const asked = errorOf(await action.run(agentCall({ tools }, { attempt: 2 })));
    expect(asked).toMatchObject({ ask: 'ambiguous', details: { target: 'command.run' } });
    const decided = await action.run(agentCall({ tools }, { attempt: 3, decided: true }));
    expect(decided.status).toBe('completed');
  });
});

describe('a budget', () => {
  it('is waited for while calls are under way', async () => {
    const { stage, action } = await stageWith(() => ({ text: 'x' }));
    let times = 0;
    stage.ledger.block = () => (++times < 4 ? { state: 'wait', budget: budget() } : undefined);
    expect(await action.run(agentCall({}))).toMatchObject({ status: 'completed' });
    expect(times).toBe(4);
  });

  it('pauses before the call that would cross it', async () => {
    const { provider, stage, action } = await stageWith(() => ({ text: 'x' }));
    stage.ledger.block = () => ({ state: 'over', budget: budget() });
    expect(errorOf(await action.run(agentCall({})))).toMatchObject({
      ...{ ask: 'budget', type: 'budget_exhausted', classification: 'resource_exhausted' },
      message:
        'Of the budget of the run, $1.00, $0.90 is spent: the next call of local/large would cross it.',
    });
    expect(provider.requests).toHaveLength(0);
  });

  it('stops', async () => {
    const { stage, action } = await stageWith(() => ({ text: 'x' }));
    stage.ledger.block = () => ({ state: 'over', budget: budget({ onCrossing: 'stop' }) });
    const error = errorOf(await action.run(agentCall({})));
    expect(error).toMatchObject({ type: 'budget_exhausted', classification: 'permanent' });
    expect(error.ask).toBeUndefined();
  });

  it('degrades to a cheaper model, whose answer is the recorded one the next time', async () => {
    const { provider, stage, action } = await stageWith(() => ({ text: 'x' }));
    const cheaper = budget({ onCrossing: 'degrade', degradeTo: 'local/tiny' });
    stage.ledger.block = ({ target }) =>
      target === 'local/tiny' ? undefined : { state: 'over', budget: cheaper };
    const first = await action.run(agentCall({}));
    expect(first).toMatchObject({ status: 'completed', output: { model: 'local/tiny' } });
    stage.ledger.block = () => undefined;
    expect(await action.run(agentCall({}, { attempt: 2 }))).toEqual(first);
    expect(provider.requests.map(({ body }) => body.model)).toEqual(['tiny']);
  });

  it("that even the cheaper model crosses is a person's to raise", async () => {
    const { stage, action } = await stageWith(() => ({ text: 'x' }));
    const cheaper = budget({ onCrossing: 'degrade', degradeTo: 'local/tiny' });
    stage.ledger.block = () => ({ state: 'over', budget: cheaper });
    expect(errorOf(await action.run(agentCall({})))).toMatchObject({ ask: 'budget' });
  });
});

describe('a ledger that refuses', () => {
  it.each([
    ['fenced', 'infrastructure', 'ledger_fenced'],
    ['missing', 'infrastructure', 'ledger_missing'],
    ['too_large', 'permanent', 'answer_too_large'],
  ] as const)('because it is %s is asked once, and ends the attempt', async (kind, classification, type) => {
    const { stage, action } = await stageWith(() => ({ text: 'x' }));
    let asked = 0;
    const refuse = (): Promise<never> => {
      asked += 1;
      return Promise.reject(new CallLedgerError(kind, 'No.'));
    };
    if (kind === 'fenced') stage.ledger.begin = refuse;
    else stage.ledger.finish = refuse;
    const error = errorOf(await action.run(agentCall({})));
    expect(error).toMatchObject({ classification, type, message: 'No.' });
    expect(asked).toBe(1);
  });
});
