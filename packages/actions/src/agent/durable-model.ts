/** A model's call that is paid for once: its intent and its answer stand in the ledger. */
import type { Json } from '@tenuto/contract';
import type { Begun, BlockingBudget, NewCall, TokenUsage } from '@tenuto/engine';
import { allowRepeat } from './ambiguity.ts';
import { BudgetWait, spent } from './budget-wait.ts';
import { fitted } from './compaction.ts';
import { AgentStop, stop, stoppedBy } from './failure.ts';
import { isObject } from './json-object.ts';
import { recording } from './ledger-access.ts';
import { AGENT_LIMITS } from './limits.ts';
import { createLineLog } from './line-log.ts';
import type { AgentModel } from './model/agent-model.ts';
import { callModel, type ModelAnswer } from './model/model-call.ts';
import { callTimedOut, type ModelFailure, modelFailure } from './model/model-failure.ts';
import { callOptions } from './model/prompt.ts';
import { bytesOf, hashOf, questionHash } from './request-hash.ts';
import type { ScriptedContext } from './scripted/library.ts';
import type { AgentSession, CallPlace } from './session.ts';
import { type Answer, NO_USAGE, type Question, readAnswer } from './turn.ts';
import { usd } from './usd.ts';

export interface ModelAsk {
  readonly place: CallPlace;
  readonly question: Question;
  readonly model: AgentModel;
  /** What the scripted model is told besides. */
  readonly scripted: ScriptedContext;
}

/**
 * The answer to a question: the recorded one, or that of the model.
 * @throws AgentStop
 */
export async function askModel(session: AgentSession, ask: ModelAsk): Promise<Answer> {
  return await new ModelCall(session, ask).answer();
}

type Opened = Extract<Begun, { state: 'begun' }>;
type Unknown = Extract<Begun, { state: 'unknown' }>;

class ModelCall {
  readonly #session: AgentSession;
  readonly #ask: ModelAsk;
  #model: AgentModel;
  #repeat = false;
  #tries = 0;
  /** Calls of this question that broke off after they may have been paid for. */
  #lost = 0;

  constructor(session: AgentSession, ask: ModelAsk) {
    this.#session = session;
    this.#ask = ask;
    this.#model = ask.model;
  }

  async answer(): Promise<Answer> {
    const session = this.#session;
    const waiting = new BudgetWait(session);
    for (;;) {
      session.check();
      const begun = await recording(session, (ledger) => ledger.begin(this.#newCall()));
      switch (begun.state) {
        case 'done': {
          const answer = this.#found(begun);
          if (answer !== undefined) return answer;
          break;
        }
        case 'unknown':
          this.#decide(begun.estimateNanoUsd, begun);
          break;
        case 'wait':
          await waiting.once(begun.budget);
          break;
        case 'over':
          await this.#crossing(begun.budget);
          break;
        case 'begun': {
          const answer = await this.#make(begun);
          if (answer !== undefined) return answer;
        }
      }
    }
  }

  /** What is sent: a cheaper model may read and write less. */
  #sent(): Question {
    const { question } = this.#ask;
    const maxOutputTokens = Math.min(question.maxOutputTokens, this.#model.maxOutputTokens);
    return fitted({ ...question, maxOutputTokens }, this.#model.contextTokens);
  }

  /** Each call that was lost on the way stands for itself, so that what it cost stays counted. */
  #hash(): string {
    const hash = questionHash(this.#ask.question);
    return this.#lost === 0 ? hash : hashOf([hash, this.#lost]);
  }

  #newCall(): NewCall {
    const sent = this.#sent();
    return {
      ...this.#session.keyOf(this.#ask.place),
      ...{ target: this.#model.name, kind: 'model', requestHash: this.#hash() },
      estimate: { inputBytes: bytesOf(sent), maxOutputTokens: sent.maxOutputTokens },
      ...(this.#repeat && { repeatUnknown: true }),
    };
  }

  /** @returns undefined for a call that was lost: there is another one behind it */
  #found({ result, usage, costNanoUsd }: Extract<Begun, { state: 'done' }>): Answer | undefined {
    const session = this.#session;
    const answer = readAnswer(result);
    session.count(usage ?? NO_USAGE, costNanoUsd);
    if (answer !== undefined) {
      session.steps += 1;
      session.say(`${this.#where()}: the recorded answer of ${answer.model} is used.`);
      return answer;
    }
    if (!isLost(result)) {
      throw stop('permanent', 'ledger_unreadable', 'A recorded answer cannot be read.');
    }
    this.#lost += 1;
    this.#repeat = false;
    return undefined;
  }

  #where(): string {
    const { agent, step } = this.#ask.place;
    return `${agent}, step ${step + 1}`;
  }

  #decide(estimateNanoUsd: number, told?: Unknown): void {
    const { place } = this.#ask;
    const { name: target } = this.#model;
    const before = { fromBefore: told !== undefined, approved: told?.approved === true };
    allowRepeat(this.#session, { place, target, estimateNanoUsd, ...before });
    this.#repeat = told !== undefined;
  }

  /** @throws AgentStop unless there is a cheaper model to turn to */
  async #crossing(budget: BlockingBudget): Promise<void> {
    const { degradeTo, onCrossing } = budget;
    if (onCrossing === 'degrade' && degradeTo !== undefined && degradeTo !== this.#model.name) {
      this.#session.say(`${spent(budget)}: ${degradeTo} is asked instead of ${this.#model.name}.`);
      this.#model = await this.#session.parts.models.find(degradeTo, this.#session.call.owner);
      return;
    }
    throw new AgentStop({
      classification: onCrossing === 'stop' ? 'permanent' : 'resource_exhausted',
      type: 'budget_exhausted',
      message: `${spent(budget)}: the next call of ${this.#model.name} would cross it.`,
      ...(onCrossing !== 'stop' && { ask: 'budget' }),
      details: { budget_id: budget.budgetId, scope: budget.scope },
    });
  }

  /** @returns undefined when the call is to be made again */
  async #make(begun: Opened): Promise<Answer | undefined> {
    const session = this.#session;
    const startedAt = session.parts.clock.wall();
    const made = await this.#call();
    if ('failure' in made) {
      await this.#failed(begun, made, startedAt);
      return undefined;
    }
    const { parts, finish, usage, served } = made.answer;
    const answer: Answer = { parts: [...parts], finish, model: this.#model.name };
    const endedAt = session.parts.clock.wall();
    const result = JSON.parse(
      JSON.stringify({ ...answer, ...(served !== undefined && { served }) }),
    );
    const { costNanoUsd } = await recording(session, (ledger) =>
      ledger.finish(begun.callId, { result, usage, startedAt, endedAt }),
    );
    session.count(usage, costNanoUsd);
    session.steps += 1;
    this.#tell(usage, costNanoUsd);
    return answer;
  }

  #tell({ input, output, cached }: TokenUsage, costNanoUsd: number): void {
    const from = cached > 0 ? ` (${cached} cached)` : '';
    const price = `${usd(costNanoUsd)}${this.#model.scripted ? ' (scripted: nobody is paid)' : ''}`;
    const text = `${this.#where()}: ${this.#model.name} read ${input}${from} and wrote ${output} tokens, ${price}.`;
    this.#session.say(text);
  }

  async #call(): Promise<{ readonly answer: ModelAnswer } | Failed> {
    const { call, parts, options } = this.#session;
    const timer = new AbortController();
    const cancel = parts.clock.after(options.callMs, () => timer.abort());
    const signal = AbortSignal.any([call.signal, timer.signal]);
    const log = createLineLog((text) => call.log('stdout', text));
    let heard = 0;
    const model = this.#model;
    try {
      const sent = { ...callOptions(this.#sent(), model), abortSignal: signal };
      const scripted = JSON.parse(JSON.stringify(this.#ask.scripted));
      const given = model.scripted ? { ...sent, providerOptions: { scripted } } : sent;
      const work = callModel(model.language, given, (delta) => {
        heard += delta.length;
        log.add(delta);
      });
      return { answer: await this.#session.alive(unlessAborted(work, signal)) };
    } catch (thrown) {
      if (call.signal.aborted) throw stoppedBy(call.signal);
      const at = { model: model.name, nowMs: parts.clock.wall(), mask: model.mask };
      const failure = timer.signal.aborted
        ? callTimedOut(at, options.callMs / 1_000)
        : modelFailure(thrown, at);
      return { failure, heard };
    } finally {
      cancel();
      log.end();
    }
  }

  /** Returns when the call is to be made again. @throws AgentStop when it is not */
  async #failed(begun: Opened, { failure, heard }: Failed, startedAt: number): Promise<void> {
    const session = this.#session;
    const { error, mayBePaid, again } = failure;
    session.say(`${this.#where()}: ${error.message}`);
    if (!mayBePaid) {
      await recording(session, (ledger) => ledger.drop(begun.callId, error.type));
    }
    const wait = Math.max(error.retryAfterMs ?? 0, AGENT_LIMITS.retryBaseMs * 2 ** this.#tries);
    const left = this.#tries < session.options.callRetries;
    if (!again || !left || wait > AGENT_LIMITS.waitInsideMs)
      throw new AgentStop(error, statusOf(error));
    if (mayBePaid) {
      // What is reserved is the most that it could cost.
      this.#decide(begun.reservedNanoUsd / BYTES_PER_TOKEN);
      await this.#lose(begun, { type: error.type, heard, startedAt });
    }
    this.#tries += 1;
    await session.pause(wait);
  }

  /** What was cut off counts as if it had been paid for: nobody says what it cost. */
  async #lose(begun: Opened, { type, heard, startedAt }: Loss): Promise<void> {
    const session = this.#session;
    const input = Math.ceil(bytesOf(this.#sent()) / BYTES_PER_TOKEN);
    const usage = { ...NO_USAGE, input, output: Math.ceil(heard / BYTES_PER_TOKEN) };
    const times = { startedAt, endedAt: session.parts.clock.wall() };
    const { costNanoUsd } = await recording(session, (ledger) =>
      ledger.finish(begun.callId, { result: { lost: type }, usage, ...times }),
    );
    session.count(usage, costNanoUsd);
    this.#lost += 1;
    this.#repeat = false;
  }
}

/** Of plain text, on the average. */
const BYTES_PER_TOKEN = 4;

interface Failed {
  readonly failure: ModelFailure;
  /** Characters of its answer that had come. */
  readonly heard: number;
}

interface Loss {
  readonly type: string;
  readonly heard: number;
  readonly startedAt: number;
}

function isLost(result: Json): boolean {
  return isObject(result) && typeof result.lost === 'string';
}

function statusOf({ classification }: AgentStop['error']): AgentStop['status'] {
  return classification === 'timeout' ? 'timeout' : 'failed';
}

/** A library that does not hear the signal must not hold the attempt. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stopped = () => reject(signal.reason);
    signal.addEventListener('abort', stopped, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stopped));
  });
}
