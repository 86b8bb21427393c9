import type {
  AgentStore,
  ApprovalStore,
  ArtifactStore,
  AuditStore,
  BlobStore,
  BudgetStore,
  CircuitStore,
  DoctorStore,
  DocumentStore,
  EventStore,
  ForkStore,
  HomeStore,
  JobStore,
  MetricsStore,
  NeedsStore,
  NoticeStore,
  OperationStore,
  PriceStore,
  QuotaStore,
  RecoveryStore,
  RelayStore,
  RetryPolicyStore,
  RunFeedStore,
  SealStore,
  SecretStore,
  TallyStore,
  TaskStore,
  TeamStore,
  TestStore,
  TokenStore,
  WebhookStore,
} from '@tenuto/engine';
import pg from 'pg';
import { createAgentStore } from './agent-store.ts';
import { createApprovalStore } from './approval-store.ts';
import { createCircuitStore } from './circuit-store.ts';
import { createDocumentStore } from './document-store.ts';
import { checkDurability, type Durability } from './embedded/durability.ts';
import { type Logger, silentLogger } from './embedded/log.ts';
import { StoreError } from './embedded/store-error.ts';
import { createEventStore } from './event-store.ts';
import { faultOf } from './fault.ts';
import { createForkStore } from './fork-store.ts';
import { createJobStore } from './job-store.ts';
import { migrate } from './migrate.ts';
import { createNoticeStore } from './notice-store.ts';
import { openPool } from './pool.ts';
import { createArtifactStore } from './queries/artifacts.ts';
import { createAuditStore } from './queries/audit-list.ts';
import { createSealStore, raiseAuditBase } from './queries/audit-seal.ts';
import { createBudgetStore } from './queries/budgets.ts';
import { createDoctorStore } from './queries/doctor/doctor-store.ts';
import { createRunFeedStore } from './queries/feed/feed-store.ts';
import { createHomeStore } from './queries/home.ts';
import { createNeedsStore } from './queries/needs.ts';
import { createRelayStore } from './queries/notice-relay.ts';
import { createOperationStore } from './queries/operation.ts';
import { createPriceStore } from './queries/prices.ts';
import { createQuotaStore } from './queries/quotas.ts';
import { createMetricsStore } from './queries/run-metrics.ts';
import { createTeamStore } from './queries/teams.ts';
import { createTokenStore } from './queries/tokens.ts';
import { createWebhookStore } from './queries/webhooks.ts';
import { createRecoveryStore } from './recovery-store.ts';
import { createRetryPolicyStore } from './retry-policy-store.ts';
import { createSecretStore } from './secret-store.ts';
import { createTallyStore, createTaskStore } from './task-store.ts';
import { createTestStore } from './test-store.ts';

/** Enough for the requests of one process; more would only queue inside the database. */
const POOL_SIZE = 10;
const RELAY_POOL_SIZE = 2;
/** One publishes, one closes windows, one tells runs, one carries, one notes who waits. */
const EVENT_POOL_SIZE = 5;
/** Those who follow runs look one after another; requests do not wait for them. */
const FEED_POOL_SIZE = 3;
/** A request that waits longer for a connection is told to come again. */
const CONNECT_MS = 3_000;
/** Examinations at once, and how long the next one waits for its turn. */
const EXAMINATIONS = 2;
const EXAMINATION_WAIT_MS = 20_000;

/** The store as requests use it, on connections that no journal waits for. */
export interface ApiStore {
  readonly agents: AgentStore;
  readonly artifacts: ArtifactStore;
  readonly approvals: ApprovalStore;
  readonly audit: AuditStore;
  readonly sealer: SealStore;
  readonly circuits: CircuitStore;
  readonly jobs: JobStore;
  readonly forks: ForkStore;
  readonly recoveries: RecoveryStore;
  readonly notices: NoticeStore;
  readonly relay: RelayStore;
  readonly quotas: QuotaStore;
  readonly prices: PriceStore;
  readonly budgets: BudgetStore;
  readonly metrics: MetricsStore;
  readonly needs: NeedsStore;
  readonly home: HomeStore;
  readonly operation: OperationStore;
  readonly tokens: TokenStore;
  readonly retryPolicies: RetryPolicyStore;
  readonly tallies: TallyStore;
  readonly tasks: TaskStore;
  readonly teams: TeamStore;
  readonly documents: DocumentStore;
  readonly secrets: SecretStore;
  readonly tests: TestStore;
  readonly doctor: DoctorStore;
  readonly events: EventStore;
  readonly webhooks: WebhookStore;
  readonly feeds: RunFeedStore;
  close(): Promise<void>;
}

/** @param blobs where the doctor looks for bytes of artifacts; without it, it does not */
export function openApiStore(config: pg.ClientConfig, blobs?: Pick<BlobStore, 'size'>): ApiStore {
  const pool = openApiPool(config, { max: POOL_SIZE, name: 'tenuto-api' });
  // Requests do not wait for messages that are being written down.
  const relayPool = openApiPool(config, { max: RELAY_POOL_SIZE, name: 'tenuto-relay' });
  const doctors = openDoctorPool(config);
  // Who publishes waits for whoever does; one that is frozen meanwhile is cut off before they give up.
  const eventPool = openApiPool(config, {
    ...{ max: EVENT_POOL_SIZE, name: 'tenuto-events' },
    ...{ lockSeconds: 8, idleSeconds: 5 },
  });
  const feedPool = openApiPool(config, { max: FEED_POOL_SIZE, name: 'tenuto-feeds' });
  return {
    agents: createAgentStore(pool),
    artifacts: createArtifactStore(pool),
    approvals: createApprovalStore(pool),
    audit: createAuditStore(pool),
    sealer: createSealStore(relayPool),
    circuits: createCircuitStore(pool),
    jobs: createJobStore(pool),
    forks: createForkStore(pool),
    recoveries: createRecoveryStore(pool),
    notices: createNoticeStore(pool),
    relay: createRelayStore(relayPool),
    tokens: createTokenStore(pool),
    quotas: createQuotaStore(pool),
    prices: createPriceStore(pool),
    budgets: createBudgetStore(pool),
    metrics: createMetricsStore(pool),
    needs: createNeedsStore(pool),
    home: createHomeStore(pool),
    operation: createOperationStore(pool),
    retryPolicies: createRetryPolicyStore(pool),
    tallies: createTallyStore(pool),
    tasks: createTaskStore(pool),
    teams: createTeamStore(pool),
    documents: createDocumentStore(pool),
    secrets: createSecretStore(pool),
    tests: createTestStore(pool),
    doctor: createDoctorStore(doctors, pool, blobs),
    events: createEventStore(eventPool, pool),
    webhooks: createWebhookStore(pool),
    feeds: createRunFeedStore(feedPool),
    async close() {
      const pools = [pool, relayPool, eventPool, feedPool, doctors];
      await Promise.all(pools.map((each) => each.end()));
    },
  };
}

function openApiPool(
  config: pg.ClientConfig,
  {
    max,
    name,
    lockSeconds = 2,
    idleSeconds = 10,
  }: {
    readonly max: number;
    readonly name: string;
    readonly lockSeconds?: number;
    readonly idleSeconds?: number;
  },
): pg.Pool {
  return openPool({
    ...config,
    max,
    application_name: name,
    options:
      `-c statement_timeout=15s -c lock_timeout=${lockSeconds}s ` +
      `-c idle_in_transaction_session_timeout=${idleSeconds}s -c jit=off`,
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
  });
}

/**
 * An examination looks rows up by their keys; planned without statistics to be talked out of it by,
 * and between two statements it replays runs.
 */
function openDoctorPool(config: pg.ClientConfig): pg.Pool {
  return openPool({
    ...config,
    max: EXAMINATIONS,
    application_name: 'tenuto-doctor',
    options:
      '-c statement_timeout=60s -c lock_timeout=2s -c idle_in_transaction_session_timeout=60s ' +
      '-c jit=off -c enable_hashjoin=off -c enable_mergejoin=off -c enable_seqscan=off ' +
      '-c max_parallel_workers_per_gather=0',
    connectionTimeoutMillis: EXAMINATION_WAIT_MS,
    idleTimeoutMillis: 5_000,
  });
}

/**
 * Looks whether a server may be relied on, and brings its database up to date.
 * @returns what a crash of it may lose
 * @throws StoreError when it cannot be used, or cannot be migrated; StoreFault of the kind
 *   `unavailable` when it went away meanwhile or is only starting: asking again may help
 */
export async function prepareDatabase(
  config: pg.ClientConfig,
  { migrations, logger = silentLogger }: { readonly migrations: string; readonly logger?: Logger },
): Promise<Durability> {
  const client = new pg.Client({ ...config, connectionTimeoutMillis: CONNECT_MS });
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (error) {
    if (answersSoon(error)) throw faultOf(error);
    throw new StoreError(`The database cannot be reached: ${String(error)}`, error);
  }
  try {
    const durability = await checkDurability(client);
    if (durability.fatal.length > 0) throw new StoreError(durability.fatal.join(' '));
    for (const warning of durability.warnings) logger.warn({}, warning);
    await migrate(client, migrations, { logger });
    await raiseAuditBase(client);
    return durability;
  } catch (error) {
    throw error instanceof StoreError ? error : faultOf(error);
  } finally {
    await client.end();
  }
}

/** There is a server, and it is starting, stopping or full; or it broke the connection off. */
function answersSoon(error: unknown): boolean {
  if (error instanceof pg.DatabaseError) return faultOf(error).kind === 'unavailable';
  return error instanceof Error && error.message === 'Connection terminated unexpectedly';
}
