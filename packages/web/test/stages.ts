import type { Stage } from './stage.ts';
import { stagePeople } from './stage-people.ts';
import { stageProfiles } from './stage-profiles.ts';
import { stagePhased, stageRuns } from './stage-runs.ts';
import { stageThings } from './stage-things.ts';
import { stageTriggers } from './stage-triggers.ts';

/** All that the console has screens for. */
export const STAGES: readonly Stage[] = [
  stageRuns,
  stagePhased,
  stageTriggers,
  stageProfiles,
  stagePeople,
  stageThings,
  async () => [{ name: 'system', path: '/system' }],
];
