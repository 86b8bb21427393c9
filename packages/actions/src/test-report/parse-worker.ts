/** A thread that reads reports: large ones take seconds, during which a server must not stand. */
import { parentPort, workerData } from 'node:worker_threads';
import { parseJUnit } from './junit.ts';
import { JUnitError } from './junit-error.ts';
import type { ReadReport } from './read-reports.ts';

function read(bytes: Uint8Array): ReadReport {
  try {
    return { report: parseJUnit(bytes) };
  } catch (error) {
    if (!(error instanceof JUnitError)) throw error;
    const { problem, message, line, column } = error;
    return { problem, message, line, column };
  }
}

const files: unknown = workerData;
if (!Array.isArray(files)) throw new TypeError('The worker was given no list of files.');
for (const bytes of files) {
  if (bytes instanceof Uint8Array) parentPort?.postMessage(read(bytes));
}
