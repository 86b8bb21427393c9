import type { Engine, JobStore, Scheduler, TaskStore, TestStore } from '@tenuto/engine';
import type { JobRules } from './job-rules.ts';
import type { QuotaGate } from './quota-gate.ts';

/** What the services of tasks work with. */
export interface TaskParts {
  readonly tasks: TaskStore;
  readonly tests: Pick<TestStore, 'catalogue'>;
  readonly jobs: Pick<JobStore, 'submission'>;
  readonly engine: Pick<Engine, 'runsWait'>;
  readonly scheduler: Pick<Scheduler, 'wake'>;
  readonly rules: JobRules;
  readonly gate: Pick<QuotaGate, 'fire'>;
  /** A new UUIDv7. */
  readonly newId: () => string;
  /** Why nothing new is accepted, as a sentence; undefined while it is. */
  readonly refusal: () => string | undefined;
}
