import type { Stage } from './stage.ts';
import { stageCompare } from './stage-compare.ts';
import { stageEvents } from './stage-events.ts';
import { stageGraph } from './stage-graph.ts';
import { stagePeople } from './stage-people.ts';
import { stageProfiles } from './stage-profiles.ts';
import { stagePhased, stageRuns } from './stage-runs.ts';
import { stageSystem } from './stage-system.ts';
import { stageTasks } from './stage-tasks.ts';
import { stageTemplates } from './stage-templates.ts';
import { stageTests } from './stage-tests.ts';
import { stageThings } from './stage-things.ts';

/** All that the console has screens for. */
export const STAGES: readonly Stage[] = [
  stageRuns,
  stagePhased,
  stageCompare,
  stageGraph,
  stageTasks,
  stageEvents,
  stagePeople,
  stageThings,
  stageSystem,
  stageProfiles,
  stageTests,
  stageTemplates,
];
