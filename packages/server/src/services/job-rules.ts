import type { Clock, PriceStore } from '@tenuto/engine';
import type { GraphUse } from './graph-use.ts';
import type { JobDefaults } from './job-defaults.ts';
import type { ModelRules } from './model-policy.ts';
import type { ProfileUse } from './profile-use.ts';
import type { PolicyUse } from './retry-policy-use.ts';
import type { ResolveTemplate } from './template-use.ts';

/** What the deployment cannot do, known before a job is taken. */
export interface JobRules {
  readonly defaults: JobDefaults;
  readonly clock: Pick<Clock, 'wall'>;
  readonly policies: PolicyUse;
  /** Says what is wrong with an action's name; undefined when it is known. */
  readonly checkAction: (uses: string) => string | undefined;
  /** What graphs name that belongs to somebody: secrets, MCP servers. */
  readonly graphs?: GraphUse;
  readonly templates?: ResolveTemplate;
  /** What tokens cost: a job with a budget names only models with a price. */
  readonly prices?: Pick<PriceStore, 'unpriced'>;
  readonly profiles?: ProfileUse;
  readonly models?: ModelRules;
}
