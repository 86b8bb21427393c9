import { Worker } from 'node:worker_threads';
import type { JUnitProblem } from './junit-error.ts';
import type { TestReport } from './report.ts';

/** A report, or why there is none. A plain value, since it comes from another thread. */
export type ReadReport =
  | { readonly report: TestReport }
  | {
      readonly problem: JUnitProblem;
      readonly message: string;
      readonly line: number;
      readonly column: number;
    };

/** Enough for the largest report that is taken, and the server survives one that needs more. */
const MEMORY_MB = 2_048;

/**
 * Reads JUnit reports in a thread of their own, in their order. A file that exhausts the thread's
 * memory is `too_large`, and the files after it are not read.
 *
 * @throws the abort signal's reason when it aborts
 */
export function readReports(
  files: readonly Uint8Array[],
  signal: AbortSignal,
): Promise<readonly ReadReport[]> {
  const { promise, resolve, reject } = Promise.withResolvers<readonly ReadReport[]>();
  const read: ReadReport[] = [];
  const worker = new Worker(new URL('./parse-worker.ts', import.meta.url), {
    workerData: files,
    // What the server was started with, or its environment, is nothing that parsing needs.
    execArgv: [],
    env: {},
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
  });
  const abort = () => {
    void worker.terminate();
    reject(signal.reason);
  };
  worker.on('message', (answer: ReadReport) => read.push(answer));
  worker.once('error', (error) => {
    if (!isOutOfMemory(error)) return reject(error);
    const message = 'Reading it takes more memory than allowed; write several smaller reports.';
    resolve([...read, { problem: 'too_large', message, line: 1, column: 1 }]);
  });
  worker.once('exit', () => resolve(read));
  if (signal.aborted) abort();
  else signal.addEventListener('abort', abort, { once: true });
  return promise.finally(() => signal.removeEventListener('abort', abort));
}

function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
}
