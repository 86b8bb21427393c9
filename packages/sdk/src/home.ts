import type { Home } from '@tenuto/contract';
import { circuitShape } from './circuits.ts';
import { healthShape } from './job-shapes.ts';
import { budgetShape } from './money-shapes.ts';
import { type CallOptions, createReader } from './reading.ts';
import { runShape } from './recovery-shapes.ts';
import { fields, flag, listOf, nullable, number, type Shape, text } from './shape.ts';
import { runStatsShape } from './task-shapes.ts';
import type { TransportOptions } from './transport.ts';

const some = <T>(shape: Shape<T>) => nullable(fields({ items: listOf(shape), total: number }));

const homeShape: Shape<Home> = fields({
  health: healthShape,
  has_runs: nullable(flag),
  stats: nullable(runStatsShape),
  running: some(runShape),
  failures: some(runShape),
  failing_tasks: some(
    fields({ task_id: text, title: text, failures: number, last_failed_at: text }),
  ),
  circuits: some(circuitShape),
  budgets: some(budgetShape),
  next: nullable(
    listOf(
      fields({
        ...{ task_id: text, title: text, next_fire_at: text },
        schedule_description: nullable(text),
      }),
    ),
  ),
});

/** Reads the overview. */
export function createHome(transport: TransportOptions) {
  const { read } = createReader(transport);
  return (options?: CallOptions): Promise<Home> => read('/home', homeShape, {}, options);
}
