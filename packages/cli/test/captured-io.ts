import type { Io } from '../src/io.ts';
import { START } from './samples.ts';

export interface CapturedIo extends Io {
  /** What was written so far. */
  out(): string;
  err(): string;
  /** Presses Ctrl-C. */
  interrupt(): void;
}

/** A world whose time passes only by sleeping, and whose output is kept. */
export function captureIo(over: Partial<Io> & { readonly stdin?: string } = {}): CapturedIo {
  const { stdin = '', ...rest } = over;
  let out = '';
  let err = '';
  let now = START;
  const interrupts = new Set<() => void>();
  const frames = new Set<() => void>();
  return {
    env: {},
    stdout: {
      write: (text) => {
        out += text;
      },
    },
    stderr: {
      write: (text) => {
        err += text;
      },
    },
    isTerminal: false,
    isRoot: false,
    size: () => ({ width: 100, height: 30 }),
    readStdin: async () => stdin,
    readSecret: async () => stdin,
    now: () => now,
    sleep: async (ms, signal) => {
      signal?.throwIfAborted();
      now += ms;
      for (const frame of frames) frame();
    },
    every: (_ms, run) => {
      frames.add(run);
      return () => frames.delete(run);
    },
    onInterrupt: (run) => {
      interrupts.add(run);
      return () => interrupts.delete(run);
    },
    fetch,
    ...rest,
    out: () => out,
    err: () => err,
    interrupt: () => {
      for (const run of interrupts) run();
    },
  };
}
