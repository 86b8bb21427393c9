import type { DagInput, JsonObject } from '@tenuto/contract';
import type { Access, Engine, JobStore, Scheduler, TaskStore, TestStore } from '@tenuto/engine';
import type { JobRules } from './job-rules.ts';

/** What the services of tasks work with. */
export interface TaskParts {
  readonly tasks: TaskStore;
  readonly tests: Pick<TestStore, 'catalogue'>;
  readonly jobs: Pick<JobStore, 'submission'>;
  readonly engine: Pick<Engine, 'runsWait'>;
  readonly scheduler: Pick<Scheduler, 'wake'>;
  readonly rules: JobRules;
  /** A new UUIDv7. */
  readonly newId: () => string;
  /** Why nothing new is accepted, as a sentence; undefined while it is. */
  readonly refusal: () => string | undefined;
  readonly resolveTemplate?: ResolveTemplate;
}

/**
 * The graph that a template makes of parameters.
 * @returns undefined when there is no such template for this access
 * @throws OrchestrationError 422 for parameters that it does not take, with paths below `/params`
 */
export type ResolveTemplate = (
  access: Access,
  name: string,
  params: JsonObject,
) => Promise<{ readonly dag: DagInput; readonly params: JsonObject } | undefined>;
