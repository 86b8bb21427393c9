import type { Benchmark } from './benchmark.ts';
import { drain } from './drain.ts';
import { history } from './history.ts';
import { hop } from './hop.ts';
import { http } from './http.ts';
import { memory } from './memory.ts';
import { SHAPES } from './shape.ts';
import { tasks } from './tasks.ts';
import { throughputOf } from './throughput.ts';

/** All that is measured, in the order of the table. */
export const BENCHMARKS: readonly Benchmark[] = [
  throughputOf(SHAPES.single, '20,000 runs of one node, 2,000 at once'),
  drain,
  throughputOf(SHAPES.chain, '200 chains of 50 at once'),
  throughputOf(SHAPES.fan, '200 fan-outs 1 -> 48 -> 1 at once'),
  throughputOf(SHAPES.wide, 'one fan-out of 50,000'),
  hop,
  tasks,
  history,
  memory,
  http,
];
