import { formatTime, type Health, type HealthCheck, type Probe } from '@tenuto/contract';
import type {
  Clock,
  DatabaseFacts,
  Engine,
  EventBus,
  JobStore,
  OperationStore,
} from '@tenuto/engine';
import type { Principal } from '../auth/principal.ts';

/** `starting` until everything runs, `draining` from the moment the server is told to stop. */
export type Phase = 'starting' | 'ready' | 'draining';

export interface HealthParts {
  readonly version: string;
  readonly clock: Clock;
  readonly engine: Pick<Engine, 'health'>;
  readonly jobs: Pick<JobStore, 'ping'>;
  readonly eventing: { readonly bus: Pick<EventBus, 'kind' | 'health'> };
  readonly phase: () => Phase;
  /** Why a crash of the database may lose what was acknowledged. */
  readonly storeWarnings: () => readonly string[];
  /** What those are told besides who have signed in. */
  readonly more: HealthDetails;
}

export interface HealthDetails {
  readonly operation: Pick<OperationStore, 'database'>;
  /** Wall time in milliseconds. */
  readonly startedAt: number;
  /** The build of the web console; undefined when it was not built. */
  readonly consoleBuild: string | undefined;
  readonly setup: SetUp;
}

/** What a server keeps its things in. */
export interface SetUp {
  readonly database: 'embedded' | 'external';
  readonly artifacts: 'disk' | 's3';
}

/** A database that takes longer is as good as away. */
const STORE_DEADLINE_MS = 2_000;

/** Every component; asks the database. */
export async function healthOf(
  parts: HealthParts,
  principal: Principal | undefined,
): Promise<Health> {
  const known = principal !== undefined;
  const [store, facts] = await Promise.all([
    storeCheck(parts),
    known ? parts.more.operation.database().catch(() => undefined) : undefined,
  ]);
  const checks = {
    store: known ? withValues(store, databaseValues(parts.more, facts)) : store,
    engine: engineCheck(parts),
    ...redisCheck(parts),
    ...(known && detailChecks(parts)),
  };
  return {
    service: 'tenuto',
    status: statusOf(parts.phase(), Object.values(checks)),
    version: parts.version,
    timestamp: formatTime(parts.clock.wall()),
    ...(known && { started_at: formatTime(parts.more.startedAt) }),
    checks,
    ...(principal !== undefined && { authenticated_user: principal.actor }),
  };
}

type Values = NonNullable<HealthCheck['values']>;

function withValues(check: HealthCheck, values: Values): HealthCheck {
  return { ...check, values: { ...check.values, ...values } };
}

function databaseValues({ setup }: HealthDetails, facts: DatabaseFacts | undefined): Values {
  return {
    database: setup.database,
    ...(facts !== undefined && {
      postgresql: facts.version,
      schema_version: facts.schemaVersion,
      connections: facts.connections,
      connections_most: facts.mostConnections,
      queued_runs: facts.queuedRuns,
    }),
  };
}

function detailChecks({ more, eventing }: HealthParts): Readonly<Record<string, HealthCheck>> {
  const { consoleBuild: build, setup } = more;
  return {
    artifacts: { status: 'ok', values: { kept_in: setup.artifacts } },
    events: { status: 'ok', values: { carried_by: eventing.bus.kind } },
    console:
      build === undefined
        ? { status: 'degraded', detail: 'It was not built: npm run prepare builds it.' }
        : { status: 'ok', values: { build } },
  };
}

/** Without Redis events are kept all the same: everything goes on, some of it later. */
function redisCheck({ eventing: { bus } }: HealthParts): { readonly redis?: HealthCheck } {
  if (bus.kind !== 'redis') return {};
  const { status, detail } = bus.health();
  const redis = { status: status === 'up' ? 'ok' : 'degraded' } as const;
  return { redis: { ...redis, ...(detail !== undefined && { detail }) } };
}

/** Whether requests should be sent here. */
export function readiness({ phase, engine }: Pick<HealthParts, 'phase' | 'engine'>): Probe {
  const now = phase();
  if (now !== 'ready') return { status: now };
  const { status } = engine.health();
  return { status: status === 'running' || status === 'degraded' ? 'ok' : 'down' };
}

function statusOf(phase: Phase, checks: readonly HealthCheck[]): Health['status'] {
  if (phase !== 'ready') return phase;
  if (checks.some(({ status }) => status === 'down')) return 'down';
  return checks.some(({ status }) => status === 'degraded') ? 'degraded' : 'ok';
}

async function storeCheck({ jobs, clock, storeWarnings }: HealthParts): Promise<HealthCheck> {
  const from = clock.mono();
  const answered = await within(clock, jobs.ping());
  if (!answered) return { status: 'down', detail: 'The database does not answer.' };
  const warnings = storeWarnings();
  return {
    status: warnings.length > 0 ? 'degraded' : 'ok',
    ...(warnings.length > 0 && { warnings: [...warnings] }),
    values: { answered_in_ms: Math.round((clock.mono() - from) * 10) / 10 },
  };
}

function within(clock: Clock, ping: Promise<void>): Promise<boolean> {
  return new Promise((resolve) => {
    const giveUp = clock.after(STORE_DEADLINE_MS, () => resolve(false));
    ping
      .then(
        () => resolve(true),
        () => resolve(false),
      )
      .finally(giveUp);
  });
}

function engineCheck({ engine }: HealthParts): HealthCheck {
  const health = engine.health();
  const down = health.status === 'stopped' || health.status === 'stopping';
  return {
    status: health.status === 'running' ? 'ok' : down ? 'down' : 'degraded',
    ...(health.detail !== undefined && { detail: health.detail }),
    values: {
      state: health.status,
      owned_runs: health.ownedRuns,
      running_nodes: health.runningNodes,
      journal_backlog_rows: health.journalBacklogRows,
    },
  };
}
