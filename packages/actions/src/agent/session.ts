/** What an attempt of an agent and all its sub-agents share: ports, sums, and the way to speak. */
import type { AmbiguityPolicy } from '@tenuto/contract';
import type {
  ActionCall,
  CallKey,
  CallLedger,
  Clock,
  NewCall,
  TokenUsage,
  Workspace,
} from '@tenuto/engine';
import { stoppedBy } from './failure.ts';
import { AGENT_LIMITS } from './limits.ts';
import type { ModelCatalogue } from './model/agent-model.ts';
import { addUsage, NO_USAGE } from './turn.ts';

export interface SessionParts {
  readonly ledger: CallLedger;
  readonly models: ModelCatalogue;
  readonly clock: Clock;
}

export interface SessionOptions {
  readonly phase?: string;
  readonly askAboveUsd: number;
  readonly callMs: number;
  readonly callRetries: number;
}

/** Where in the agent's work a call stands: see `CallKey`. */
export type CallPlace = Pick<CallKey, 'loop' | 'step' | 'tool'> & { readonly agent: string };

export class AgentSession {
  readonly call: ActionCall;
  readonly parts: SessionParts;
  readonly options: SessionOptions;
  readonly workspace: Workspace;
  readonly paths = new Set<string>();
  usage: TokenUsage = NO_USAGE;
  costNanoUsd = 0;
  /** Answers of models, made or found, of sub-agents too. */
  steps = 0;
  /** A decision lets one call of which nobody knew be made again, not those after it. */
  #decided: boolean;

  constructor(
    call: ActionCall,
    parts: SessionParts,
    { options, workspace }: { readonly options: SessionOptions; readonly workspace: Workspace },
  ) {
    this.call = call;
    this.parts = parts;
    this.options = options;
    this.workspace = workspace;
    this.#decided = call.decided === true;
  }

  get policy(): AmbiguityPolicy | undefined {
    return this.call.onAmbiguous;
  }

  takeDecision(): boolean {
    const decided = this.#decided;
    this.#decided = false;
    return decided;
  }

  /** Adds what a model's call that is settled has used and cost. */
  count(usage: TokenUsage, costNanoUsd: number): void {
    this.usage = addUsage(this.usage, usage);
    this.costNanoUsd += costNanoUsd;
  }

  /** What identifies a call of this attempt in the ledger. */
  keyOf(place: CallPlace): Omit<NewCall, 'target' | 'kind' | 'requestHash'> {
    const { runId, node = 0, nodeId, attempt, owner, idempotencyKey: nodeKey } = this.call;
    const { phase } = this.options;
    return {
      ...{ runId, node, nodeId, attempt, owner, nodeKey },
      ...place,
      ...(phase !== undefined && { phase }),
    };
  }

  say(text: string): void {
    this.call.log('system', text);
  }

  /** @throws AgentStop when the attempt was told to end */
  check(): void {
    if (this.call.signal.aborted) throw stoppedBy(this.call.signal);
  }

  /**
   * Waits, and says that the attempt is alive.
   * @throws AgentStop when the attempt is told to end
   */
  async pause(ms: number): Promise<void> {
    this.check();
    const { signal } = this.call;
    await this.alive(
      new Promise<void>((resolve) => {
        const stop = () => {
          cancel();
          resolve();
        };
        const cancel = this.parts.clock.after(ms, () => {
          signal.removeEventListener('abort', stop);
          resolve();
        });
        signal.addEventListener('abort', stop, { once: true });
      }),
    );
    this.check();
  }

  /** Says that the attempt is alive for as long as something takes. */
  async alive<T>(work: Promise<T>): Promise<T> {
    let cancel = () => {};
    const beat = () => {
      this.call.heartbeat();
      cancel = this.parts.clock.after(AGENT_LIMITS.heartbeatMs, beat);
    };
    beat();
    try {
      return await work;
    } finally {
      cancel();
    }
  }
}
