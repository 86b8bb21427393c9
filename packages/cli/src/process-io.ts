import { setTimeout as sleep } from 'node:timers/promises';
import type { Io } from './io.ts';
import { askHidden } from './terminal/hidden-input.ts';

/** Size of a terminal that does not tell. */
const USUAL = { width: 80, height: 24 };

/** The world as this process has it. */
export function processIo(): Io {
  const { stdout, stderr } = process;
  // A reader that has gone (`tenuto jobs ls | head`) is no reason to complain.
  stdout.on('error', (error) => {
    if ('code' in error && error.code === 'EPIPE') process.exit();
    throw error;
  });
  return {
    env: process.env,
    stdout,
    stderr,
    isTerminal: stdout.isTTY === true,
    isRoot: process.getuid?.() === 0,
    // A terminal without a size says 0.
    size: () => ({ width: stdout.columns || USUAL.width, height: stdout.rows || USUAL.height }),
    readStdin,
    readSecret: async (question) =>
      process.stdin.isTTY
        ? askHidden(process.stdin, stderr, question)
        : (await readStdin()).replace(/\r?\n$/, ''),
    now: Date.now,
    sleep: (ms, signal) => sleep(ms, undefined, signal === undefined ? {} : { signal }),
    every: (ms, run) => {
      const timer = setInterval(run, ms);
      return () => clearInterval(timer);
    },
    onInterrupt: (run) => {
      process.on('SIGINT', run).on('SIGTERM', run);
      return () => {
        process.off('SIGINT', run).off('SIGTERM', run);
      };
    },
    fetch,
  };
}

async function readStdin(): Promise<string> {
  let text = '';
  for await (const chunk of process.stdin.setEncoding('utf8')) text += chunk;
  return text;
}
