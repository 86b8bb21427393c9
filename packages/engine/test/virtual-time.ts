/** Runs a plan in virtual time, on as many slots as it is given, without anything going wrong. */
import type { Plan } from '../src/plan/index.ts';
import { apply, nextStart } from '../src/run/apply.ts';
import { attemptOf, createRun, type RunState } from '../src/run/state.ts';

export interface VirtualRun {
  readonly run: RunState;
  /** Nodes in the order in which they started. */
  readonly starts: readonly number[];
  readonly startedAt: Float64Array;
  readonly endedAt: Float64Array;
  readonly makespan: number;
}

/** Work still going on, by when it ends. */
interface Going {
  readonly node: number;
  readonly endsAt: number;
}

export function runInVirtualTime(
  plan: Plan,
  { slots, runtime }: { readonly slots: number; readonly runtime: (node: number) => number },
): VirtualRun {
  const input = { params: {}, maxConcurrentNodes: slots, failFast: false, timeoutMs: 0 };
  const facts = { name: 'virtual', owner: 'tests', createdAt: 0 };
  const run = createRun({ id: 'virtual', plan, input, facts });
  const startedAt = new Float64Array(plan.nodeCount);
  const endedAt = new Float64Array(plan.nodeCount);
  const starts: number[] = [];
  const going: Going[] = [];
  let now = 0;
  apply(run, { type: 'begin', at: 0 });
  for (;;) {
    for (let node = nextStart(run); node >= 0; node = nextStart(run)) {
      starts.push(node);
      startedAt[node] = now;
      push(going, { node, endsAt: now + runtime(node) });
    }
    const first = pop(going);
    if (first === undefined) return { run, starts, startedAt, endedAt, makespan: now };
    now = first.endsAt;
    endedAt[first.node] = now;
    const { node } = first;
    const attempt = attemptOf(run, node);
    apply(run, { type: 'ended', at: now, node, attempt, startedAt: 0, status: 'completed' });
  }
}

/** A binary heap, the first to end on top. */
function push(heap: Going[], item: Going): void {
  let at = heap.length;
  while (at > 0) {
    const up = (at - 1) >> 1;
    const parent = heap[up];
    if (parent === undefined || parent.endsAt <= item.endsAt) break;
    heap[at] = parent;
    at = up;
  }
  heap[at] = item;
}

function pop(heap: Going[]): Going | undefined {
  const [top] = heap;
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return top;
  let at = 0;
  for (;;) {
    const [left, right] = [heap[2 * at + 1], heap[2 * at + 2]];
    const isRight = right !== undefined && left !== undefined && right.endsAt < left.endsAt;
    const least = isRight ? right : left;
    if (least === undefined || least.endsAt >= last.endsAt) break;
    heap[at] = least;
    at = 2 * at + (isRight ? 2 : 1);
  }
  heap[at] = last;
  return top;
}
