import type { Needs } from '@tenuto/contract';
import { approvalShape } from './governance-shapes.ts';
import { type CallOptions, createReader } from './reading.ts';
import { interventionShape } from './recovery-shapes.ts';
import { fields, flag, listOf, nullable, number, type Shape, text } from './shape.ts';
import type { TransportOptions } from './transport.ts';

export interface NeedsQuery {
  /** So many of each kind; 20 when absent, 100 at most. */
  readonly limit?: number;
}

const mine = fields({ mine: flag });
const ofRun = fields({ run_name: nullable(text) });
type OfRun = { run_name: string | null };

/** What waits, with whether it waits for the caller. */
function neededShape<T extends object>(shape: Shape<T>) {
  const item = (value: unknown): value is T & { mine: boolean } => shape(value) && mine(value);
  return nullable(fields({ items: listOf(item), total: number, mine: number }));
}

/** What is asked about a run, with the name of the run. */
function named<T extends object>(shape: Shape<T>): Shape<T & OfRun> {
  return (value): value is T & OfRun => shape(value) && ofRun(value);
}

const waitingRunShape = fields({
  run_id: text,
  name: text,
  profile: text,
  started_at: nullable(text),
  phases: listOf(fields({ phase: text, name: text })),
});

const needsShape: Shape<Needs> = fields({
  mine: number,
  total: number,
  approvals: neededShape(named(approvalShape)),
  interventions: neededShape(named(interventionShape)),
  phases: neededShape(waitingRunShape),
});

/** Reads what waits for people, and what of it for the caller. */
export function createNeeds(transport: TransportOptions) {
  const { read } = createReader(transport);
  return (query: NeedsQuery = {}, options?: CallOptions): Promise<Needs> =>
    read('/needs', needsShape, { ...query }, options);
}
