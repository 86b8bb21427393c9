/** Compiles a plan of so many nodes and runs it in memory; writes what it took as JSON. */
import { apply, compilePlan, createRun, nextStart, type Plan } from '@tenuto/engine';
import { NOOP, RUN_INPUT } from './shape.ts';

const MIB = 1_048_576;
const KIB_A_MIB = 1_024;
/** As wide as it is deep at a million nodes. */
const WIDTH = 1_000;

/** Chains side by side: an edge for each node. */
function compile(nodes: number): Plan {
  const inputs = Array.from({ length: nodes }, (_, i) => ({
    id: `node-${i}`,
    uses: NOOP,
    ...(i >= WIDTH && { needs: [`node-${i - WIDTH}`] }),
  }));
  return compilePlan({ nodes: inputs }, { maxNodes: nodes, maxEdges: nodes });
}

function runToEnd(run: ReturnType<typeof createRun>): void {
  const at = Date.now();
  const started: number[] = [];
  for (;;) {
    for (let node = nextStart(run); node >= 0; node = nextStart(run)) started.push(node);
    const node = started.pop();
    if (node === undefined) break;
    apply(run, { type: 'ended', at, node, attempt: 1, startedAt: at, status: 'completed' });
  }
  if (run.status !== 'completed') throw new Error(`The run ended ${run.status}.`);
}

function main(nodes: number): void {
  const { gc } = globalThis;
  if (gc === undefined) throw new Error('Run this with --expose-gc.');
  gc();
  const before = process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers;
  const compileFrom = performance.now();
  const plan = compile(nodes);
  const compileMs = performance.now() - compileFrom;
  const run = createRun({
    id: '',
    plan,
    input: RUN_INPUT,
    facts: { name: 'memory', owner: 'bench', createdAt: Date.now() },
  });
  apply(run, { type: 'begin', at: Date.now() });
  gc();
  const held = process.memoryUsage();
  const runFrom = performance.now();
  runToEnd(run);
  const seconds = (performance.now() - runFrom) / 1_000;
  const numbers = {
    heapMib: (held.heapUsed + held.arrayBuffers - before) / MIB,
    rssMib: held.rss / MIB,
    peakMib: process.resourceUsage().maxRSS / KIB_A_MIB,
    compileMs,
    nodesPerSecond: nodes / seconds,
  };
  process.stdout.write(JSON.stringify(numbers));
}

main(Number(process.argv[2]));
