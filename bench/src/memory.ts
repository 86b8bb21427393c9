import { type Benchmark, rounds } from './benchmark.ts';
import { readNumbers, runChild } from './child.ts';
import { type Figure, figure } from './figure.ts';

const NODES = 1_000_000;
const GIB_IN_MIB = 1_024;
const CHILD = new URL('./memory-child.ts', import.meta.url);

/** A plan of a million nodes, compiled and run to its end in memory by the pure core. */
export const memory: Benchmark = {
  name: 'memory',
  about: 'memory and speed of the pure core with a plan of 1,000,000 nodes',
  async measure(effort) {
    const nodes = Math.round(NODES * effort.part);
    const once = () => runChild(CHILD, { nodeOptions: ['--expose-gc'], arguments: [`${nodes}`] });
    const all = (
      await rounds({ ...effort, runs: 1 }, 'memory', { warmUp: async () => undefined, once })
    ).map(readNumbers);
    return MEASURES.map(({ key, name, unit, ...aim }): Figure => {
      const samples = all.map((numbers) => numbers[key] ?? Number.NaN);
      return figure(name, unit, { samples, ...aim });
    });
  },
};

const MEASURES = [
  { key: 'heapMib', name: 'memory plan and run', unit: 'MiB' },
  {
    key: 'rssMib',
    name: 'memory resident',
    unit: 'MiB',
    aim: { of: 'value', most: GIB_IN_MIB },
  },
  { key: 'peakMib', name: 'memory peak', unit: 'MiB' },
  { key: 'compileMs', name: 'memory compile', unit: 'ms' },
  { key: 'nodesPerSecond', name: 'memory core', unit: 'nodes/s' },
] as const;
