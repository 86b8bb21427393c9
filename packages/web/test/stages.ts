import type { Stage } from './stage.ts';
import { stagePeople } from './stage-people.ts';
import { stagePhased, stageRuns } from './stage-runs.ts';
import { stageThings } from './stage-things.ts';
import { stageEvents } from './stage-events.ts';
import { stageTasks } from './stage-tasks.ts';

/** All that the console has screens for. */
export const STAGES: readonly Stage[] = [
  stageRuns,
  stagePhased,
  stagePeople,
  stageThings,
  stageTasks,
  stageEvents,
  async () => [{ name: 'system', path: '/system' }],
];
