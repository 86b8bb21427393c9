import type { Stage } from './stage.ts';
import { stageEvents } from './stage-events.ts';
import { stagePhased, stageRuns } from './stage-runs.ts';
import { stageTasks } from './stage-tasks.ts';

/** All that the console has screens for. */
export const STAGES: readonly Stage[] = [
  stageRuns,
  stagePhased,
  stageTasks,
  stageEvents,
  async () => [{ name: 'system', path: '/system' }],
];
