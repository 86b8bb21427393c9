import type { Stage } from './stage.ts';
import { stagePhased, stageRuns } from './stage-runs.ts';
import { stageSystem } from './stage-system.ts';
import { stageTriggers } from './stage-triggers.ts';

/** All that the console has screens for. */
export const STAGES: readonly Stage[] = [stageRuns, stagePhased, stageTriggers, stageSystem];
