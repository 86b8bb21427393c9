import type { Stage } from './stage.ts';
import { stageProfiles } from './stage-profiles.ts';
import { stagePhased, stageRuns } from './stage-runs.ts';
import { stageTriggers } from './stage-triggers.ts';

/** All that the console has screens for. */
export const STAGES: readonly Stage[] = [
  stageRuns,
  stagePhased,
  stageTriggers,
  stageProfiles,
  async () => [{ name: 'system', path: '/system' }],
];
