import type { Stage } from './stage.ts';
import { stageGraph } from './stage-graph.ts';
import { stagePhased, stageRuns } from './stage-runs.ts';
import { stageTriggers } from './stage-triggers.ts';

/** All that the console has screens for. */
export const STAGES: readonly Stage[] = [
  stageRuns,
  stagePhased,
  stageTriggers,
  stageGraph,
  async () => [{ name: 'system', path: '/system' }],
];
