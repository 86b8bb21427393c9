import type { Stage } from './stage.ts';
import { stagePhased, stageRuns } from './stage-runs.ts';
import { stageTemplates } from './stage-templates.ts';
import { stageTests } from './stage-tests.ts';
import { stageTriggers } from './stage-triggers.ts';

/** All that the console has screens for. */
export const STAGES: readonly Stage[] = [
  stageRuns,
  stagePhased,
  stageTriggers,
  stageTests,
  stageTemplates,
  async () => [{ name: 'system', path: '/system' }],
];
