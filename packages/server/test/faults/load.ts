import { setTimeout as delay } from 'node:timers/promises';
import type { NodeInput } from '@tenuto/contract';
import { ApiError, type Client, ConnectionError, type JobBody } from '@tenuto/sdk';

/** A job whose commands each leave a line in a file when they run. */
export interface EffectJob {
  readonly effects: string;
  /** How long each command goes on after it has left its line. */
  readonly seconds: number;
}

/** The nodes of an effect job in the order of its plan, each with those it waits for. */
export const NODES = [
  { id: 'first', needs: [] },
  { id: 'pause', needs: ['first'] },
  { id: 'left', needs: ['pause'] },
  { id: 'right', needs: ['pause'] },
  { id: 'last', needs: ['left', 'right'] },
] as const;
export const COMMANDS = NODES.filter(({ id }) => id !== 'pause').map(({ id }) => id);

const SCRIPT = 'echo "$1 $2 $3" >> "$4"; exec sleep "$5"';

/** A small diamond: a command, a sleep, two commands side by side, one after both. */
export function effectJob(name: string, { effects, seconds }: EffectJob): JobBody {
  const nodes = NODES.map(({ id, needs }): NodeInput => {
    if (id === 'pause') return { id, needs: [...needs], uses: 'sleep.for', with: { seconds } };
    return { id, needs: [...needs], ...command(id, effects, String(seconds)) };
  });
  return { job_name: name, dag_definition: { nodes }, execution_context: {} };
}

/** A command that writes `<run> <node> <attempt>` at once and then takes its time. */
export function command(id: string, effects: string, seconds: string) {
  // A node sees the attempts that have ended; the present one is the next.
  const attempt = `\${string(nodes["${id}"].attempts + 1)}`;
  const words = ['/bin/sh', '-c', SCRIPT, 'sh', '${run.id}', id, attempt, effects, seconds];
  return { uses: 'command.run', with: { command: words } };
}

/** Submits effect jobs, whose commands take a moment each. */
export function startEffects(
  effects: string,
  { seconds = 0.05, ...options }: Omit<LoadOptions, 'body'> & { readonly seconds?: number },
): Load {
  return startLoad({ ...options, body: (name) => effectJob(name, { effects, seconds }) });
}

export interface LoadOptions {
  /** A server to send to; asked again before each try, so it may be another by then. */
  client(): Promise<Client>;
  body(name: string): JobBody;
  readonly count: number;
  /** Submitters at once. */
  readonly workers?: number;
  /** Prefix of the jobs' names, which are unique. */
  readonly prefix?: string;
}

/** Submissions under way: a try that is not answered is made again under the same key. */
export interface Load {
  /** Ids by the names of their jobs: only what a 2xx answer named. */
  readonly acknowledged: ReadonlyMap<string, string>;
  /** What was answered instead, and how often. */
  readonly refusals: ReadonlyMap<string, number>;
  /** Resolves when all are acknowledged, or it was stopped and the last tries are over. */
  readonly done: Promise<void>;
  stop(): void;
}

const TRY_AGAIN_MS = 50;

export function startLoad(options: LoadOptions): Load {
  const acknowledged = new Map<string, string>();
  const refusals = new Map<string, number>();
  const { count, workers = 8, prefix = 'job' } = options;
  let next = 0;
  let stopped = false;

  async function submit(name: string): Promise<void> {
    while (!stopped) {
      try {
        const client = await options.client();
        const job = await client.jobs.submit(options.body(name), { idempotencyKey: name });
        acknowledged.set(name, job.job_id);
        return;
      } catch (error) {
        const reason = passing(error);
        if (reason === undefined) throw error;
        refusals.set(reason, (refusals.get(reason) ?? 0) + 1);
      }
      await delay(TRY_AGAIN_MS);
    }
  }

  async function work(): Promise<void> {
    while (next < count && !stopped) {
      next += 1;
      await submit(`${prefix}-${next}`);
    }
  }

  const done = Promise.all(Array.from({ length: workers }, work)).then(() => {});
  done.catch(() => {});
  return {
    acknowledged,
    refusals,
    done,
    stop() {
      stopped = true;
    },
  };
}

/** Why a try failed, when the next one may not; undefined for what never passes. */
function passing(error: unknown): string | undefined {
  if (error instanceof ConnectionError) return 'no answer';
  if (error instanceof ApiError && error.problem.status === 503) {
    return `503: ${error.problem.detail}`;
  }
  return undefined;
}
