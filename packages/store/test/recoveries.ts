/** Runs that fail, and what was written down about their recovery. */
import type { RecoveryRule } from '@tenuto/contract';
import type { TestEngine } from '@tenuto/testkit';
import type { Engines } from './engines.ts';

/** A retry policy without retries. */
export const once = { strategy: 'none', max_attempts: 1 } as const;
export const breaks = (id: string, more = {}) => ({ id, uses: 'fail', retry: once, ...more });
export const policy = (...rules: RecoveryRule[]) => ({ input: { recovery: { rules } } });

/** A recovery with its audit rows. */
export interface Session {
  readonly action: string;
  readonly trigger: string;
  readonly node_id: string | null;
  readonly events: string[];
  readonly success: boolean | null;
  readonly state_before: string;
  readonly state_after: string | null;
}

/** The recoveries of a run in their order. */
export function sessionsOf({ ask }: Engines, runId: string): Promise<Session[]> {
  return ask<Session>(
    `select r.action, r.trigger, r.node_id, r.state_before,
       array_agg(a.event order by a.event = 'started' desc) as events,
       bool_or(a.success) as success, max(a.state_after) as state_after
     from recoveries r join recovery_audits a using (session_id)
     where r.run_id = $1
     group by r.session_id order by r.started_at, r.trigger = 'lost' desc`,
    [runId],
  );
}

/** Node and attempt of all that an engine has executed. */
export function executedBy({ executed }: TestEngine): string[] {
  return executed.map(({ nodeId, attempt }) => `${nodeId}${attempt}`);
}
