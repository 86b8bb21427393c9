import type {
  ApprovalStore,
  Clock,
  Engine,
  ForkStore,
  JobStore,
  RecoveryStore,
  TestStore,
} from '@tenuto/engine';
import type { JobRules } from './job-rules.ts';

export type { Caller, Visit } from '../auth/principal.ts';

import type { NotificationParts } from './notification-parts.ts';
import type { Plans } from './plans.ts';
import type { QuotaGate } from './quota-gate.ts';
import type { RunViews } from './run-views.ts';

/** What the services of jobs work with. */
export interface JobParts {
  readonly jobs: JobStore;
  readonly forks: ForkStore;
  readonly recoveries: RecoveryStore;
  readonly approvals: ApprovalStore;
  readonly tests: TestStore;
  readonly engine: Engine;
  readonly notifications: Pick<NotificationParts, 'notices' | 'webhookFault'>;
  readonly clock: Clock;
  readonly plans: Plans;
  readonly views: RunViews;
  readonly rules: JobRules;
  /** What quotas have room for. */
  readonly gate: Pick<QuotaGate, 'submit' | 'fire' | 'publish'>;
  /** A new UUIDv7: the id of a recovery that is asked for. */
  readonly newId: () => string;
  /** Why no new job is accepted, as a sentence; undefined while jobs are. */
  readonly refusal: () => string | undefined;
}
