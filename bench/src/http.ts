import { setTimeout as sleep } from 'node:timers/promises';
import type { Benchmark, Effort } from './benchmark.ts';
import { readNumbers, runChild } from './child.ts';
import { type Figure, figure } from './figure.ts';
import { type LoopDelay, type Target, withServer } from './http-target.ts';

const LOAD = new URL('./http-load.ts', import.meta.url);
const JOBS_A_SECOND = 200;
const OPEN_SECONDS = 30;
const CLOSED_SECONDS = 5;
const CLIENTS = 64;
const WARM_UP_SECONDS = 2;
const BIG_NODES = 50_000;
/** So many large jobs, each with so few nodes at once, keep the engine busy all the time. */
const BIG_JOBS = 8;
const BIG_CONCURRENCY = 1;
const POLL_MS = 250;
const P99_MS = 50;

type Numbers = Readonly<Record<string, number>>;

interface OpenLoop {
  readonly numbers: Numbers;
  readonly delay: LoopDelay;
  readonly bigMs: readonly number[];
  /** Seconds of the load during which a large job was going on. */
  readonly busySeconds: number;
}

/** The real server under a load that does not wait, while its engine runs large jobs. */
export const http: Benchmark = {
  name: 'http',
  about: '200 submits a second over HTTP while the engine runs jobs of 50,000 nodes',
  measure: (effort) =>
    withServer(async (target) => {
      effort.progress('http: warm-up');
      await load(target, ['closed', CLIENTS, seconds(WARM_UP_SECONDS, effort)]);
      effort.progress('http: closed loop');
      const closed = await load(target, ['closed', CLIENTS, seconds(CLOSED_SECONDS, effort)]);
      effort.progress('http: open loop');
      return figuresOf(closed, await openLoop(target, effort));
    }),
};

function figuresOf(closed: Numbers, { numbers, delay, bigMs, busySeconds }: OpenLoop): Figure[] {
  const one = (value = Number.NaN) => ({ samples: [value] });
  return [
    figure('http closed loop', 'jobs/s', one(closed.perSecond)),
    figure('http closed loop p99', 'ms', one(closed.p99)),
    figure('http open loop', 'jobs/s', one(numbers.perSecond)),
    figure('http p50', 'ms', one(numbers.p50)),
    figure('http p99', 'ms', { ...one(numbers.p99), aim: { of: 'value', most: P99_MS } }),
    figure('http errors', 'requests', {
      samples: [(numbers.errors ?? 0) + (closed.errors ?? 0)],
      aim: { of: 'value', most: 0 },
    }),
    figure('http loop delay p99', 'ms', one(delay.p99)),
    figure('http loop delay max', 'ms', one(delay.max)),
    figure('http large job submit', 'ms', { samples: bigMs }),
    figure('http large jobs busy', 's', one(busySeconds)),
  ];
}

async function openLoop(target: Target, effort: Effort): Promise<OpenLoop> {
  const jobs: string[] = [];
  const bigMs: number[] = [];
  for (let i = 0; i < BIG_JOBS; i += 1) {
    const from = performance.now();
    jobs.push(await target.submit(bigJob(Math.round(BIG_NODES * effort.part))));
    bigMs.push(performance.now() - from);
  }
  target.resetDelay();
  const stopped = new AbortController();
  const busy = busyTime(target, jobs, stopped.signal);
  try {
    const span = seconds(OPEN_SECONDS, effort);
    const numbers = await load(target, ['open', JOBS_A_SECOND, span]);
    const delay = await target.readDelay();
    stopped.abort();
    return { numbers, delay, bigMs, busySeconds: await busy };
  } finally {
    stopped.abort();
  }
}

/** Seconds until the last of the jobs ended, or until it was told to stop looking. */
async function busyTime(
  target: Target,
  jobs: readonly string[],
  signal: AbortSignal,
): Promise<number> {
  const from = performance.now();
  for (const job of jobs) {
    while (!signal.aborted && (await target.status(job)) !== 'completed') await sleep(POLL_MS);
  }
  return (performance.now() - from) / 1_000;
}

function bigJob(nodeCount: number): object {
  const node = { uses: 'transform.cel', with: { value: 1 } };
  const others = Array.from({ length: nodeCount - 1 }, (_, i) => ({
    id: `n${i}`,
    needs: ['first'],
    ...node,
  }));
  return {
    job_name: 'large',
    max_concurrent_nodes: BIG_CONCURRENCY,
    dag_definition: { nodes: [{ id: 'first', ...node }, ...others] },
  };
}

async function load({ url, token }: Target, words: readonly (string | number)[]): Promise<Numbers> {
  const environment = { BENCH_URL: url, BENCH_TOKEN: token };
  return readNumbers(await runChild(LOAD, { arguments: words.map(String), environment }));
}

const LEAST_SECONDS = 0.5;

function seconds(full: number, { part }: Effort): number {
  return Math.max(LEAST_SECONDS, full * part);
}
