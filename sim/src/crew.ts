import { Worker } from 'node:worker_threads';
import type { Outcome, Task } from './task.ts';

/** Worker threads; a simulation is one thread's work. */
const WORKERS = 2;

/** Performs tasks side by side; tells each outcome as it comes. */
export async function performAll(
  tasks: readonly Task[],
  told: (outcome: Outcome) => void,
): Promise<void> {
  const queue = [...tasks];
  const workers = Array.from({ length: Math.min(WORKERS, queue.length) }, () => work(queue, told));
  await Promise.all(workers);
}

function work(queue: Task[], told: (outcome: Outcome) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./worker.ts', import.meta.url));
    const next = () => {
      const task = queue.shift();
      if (task === undefined) worker.terminate().then(() => resolve(), reject);
      else worker.postMessage(task);
    };
    worker.on('error', reject);
    worker.on('message', (outcome: Outcome) => {
      told(outcome);
      next();
    });
    next();
  });
}
