import { LIMITS, OrchestrationError } from '@tenuto/contract';
import {
  type AgentStore,
  type ApprovalStore,
  type ArtifactStore,
  type AuditStore,
  type BlobStore,
  type BudgetStore,
  type CircuitStore,
  type Clock,
  createDoctor,
  createRunIds,
  type DoctorStore,
  type DocumentStore,
  type Engine,
  type ForkStore,
  type HomeStore,
  type JobStore,
  type McpHands,
  type MetricsStore,
  type NeedsStore,
  type OperationStore,
  type PriceStore,
  type QuotaStore,
  type Random,
  type RecoveryStore,
  type RetryPolicyStore,
  type RunFeedStore,
  type Scheduler,
  type SecretStore,
  type TallyStore,
  type TaskStore,
  type TeamStore,
  type TestStore,
  type TokenStore,
  type WebhookStore,
} from '@tenuto/engine';
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import type { Readers } from './auth/credentials.ts';
import { createFailures } from './auth/failures.ts';
import type { OidcLogin } from './auth/oidc.ts';
import type { ConsoleFiles } from './console/files.ts';
import { randomIds } from './http/random-id.ts';
import { networkOf, remoteAddress } from './http/remote-address.ts';
import type { Counters } from './limits/counters.ts';
import { addMcpFrontDoor } from './mcp/front-door.ts';
import { addAuth } from './plugins/auth.ts';
import { addClosing } from './plugins/closing.ts';
import { addConsole, pagesOf } from './plugins/console.ts';
import { addContent } from './plugins/content.ts';
import { addDocs } from './plugins/docs.ts';
import { addErrors, answerBrokenClient, BARE_HEADERS, sendError } from './plugins/errors.ts';
import { addHeaders } from './plugins/headers.ts';
import { addLimits, type RateLimits } from './plugins/limits.ts';
import { addNotFound } from './plugins/not-found.ts';
import { addOpenApi } from './plugins/openapi.ts';
import { rawBodies } from './plugins/raw-body.ts';
import { addRequestContext, requestIdOf } from './plugins/request-context.ts';
import { addTelemetry } from './plugins/telemetry.ts';
import { validatorCompiler } from './plugins/validation.ts';
import {
  addMoney,
  addNotifications,
  addRecovery,
  addReferred,
  addRuns,
  addTests,
} from './route-groups.ts';
import { addDoctorRoutes } from './routes/doctor.ts';
import { addEngineRoutes } from './routes/engines.ts';
import { addEventRoutes, addPublishRoute } from './routes/events.ts';
import { addHealthRoutes } from './routes/health.ts';
import { addHomeRoutes } from './routes/home.ts';
import { addHookRoutes } from './routes/hooks.ts';
import { addJobControlRoutes } from './routes/job-control.ts';
import { addJobPartRoutes } from './routes/job-parts.ts';
import { addJobRoutes } from './routes/jobs.ts';
import { addPrincipalRoutes } from './routes/principals.ts';
import { addSettingsRoutes } from './routes/settings.ts';
import { addTaskRoutes } from './routes/tasks.ts';
import { addWebhookRoutes } from './routes/webhooks.ts';
import type { EventParts } from './services/event-parts.ts';
import { createEventStreams } from './services/event-stream.ts';
import type { HealthDetails, Phase, SetUp } from './services/health.ts';
import type { JobRules } from './services/job-rules.ts';
import type { McpServerParts } from './services/mcp-servers.ts';
import type { NotificationParts } from './services/notification-parts.ts';
import type { PhasedParts } from './services/phased-find.ts';
import { createPlans } from './services/plans.ts';
import { createQuotaGate, type QuotaGate } from './services/quota-gate.ts';
import { createRunViews } from './services/run-views.ts';
import type { SecretParts } from './services/secrets.ts';
import type { SettingsParts } from './services/settings.ts';

export interface AppOptions {
  readonly version: string;
  readonly logger: FastifyBaseLogger;
  readonly clock: Clock;
  readonly random: Random;
  readonly engine: Engine;
  readonly agents: AgentStore;
  readonly artifacts: ArtifactStore;
  readonly blobs: BlobStore;
  readonly audit: AuditStore;
  readonly tokens: TokenStore;
  readonly circuits: CircuitStore;
  readonly jobs: JobStore;
  readonly forks: ForkStore;
  readonly recoveries: RecoveryStore;
  readonly tasks: TaskStore;
  readonly tallies: TallyStore;
  readonly scheduler: Pick<Scheduler, 'wake'>;
  readonly retryPolicies: RetryPolicyStore;
  readonly approvals: ApprovalStore;
  readonly quotas: QuotaStore;
  readonly prices: PriceStore;
  readonly budgets: BudgetStore;
  readonly metrics: MetricsStore;
  readonly needs: NeedsStore;
  readonly home: HomeStore;
  readonly operation: OperationStore;
  readonly teams: TeamStore;
  readonly tests: TestStore;
  readonly doctor: DoctorStore;
  readonly eventing: EventParts;
  readonly webhooks: WebhookStore;
  readonly feeds: RunFeedStore;
  readonly notifications: NotificationParts;
  readonly secrets: SecretStore;
  readonly documents: DocumentStore;
  readonly mcp: McpHands;
  readonly mcpSpec: McpServerParts['mcpSpec'];
  readonly vaulted: Pick<SecretParts, 'vault' | 'hostFault'>;
  readonly readers: Readers;
  /** Signs browsers in; absent, nobody can sign in by a provider. */
  readonly oidc?: OidcLogin | undefined;
  readonly rules: Omit<JobRules, 'clock'>;
  readonly rateLimits: RateLimits;
  readonly counters: Counters;
  readonly origins: readonly string[];
  readonly docs: boolean;
  /** The web console; no files when it was not built. */
  readonly console: ConsoleFiles;
  readonly bodyBytes?: number;
  /** Whether the peer at this address may name the user it acts for. */
  readonly trusted: (address: string) => boolean;
  readonly phase: () => Phase;
  /** How many artifacts the phases of a run have left. */
  readonly artifactCounts?: PhasedParts['artifactCounts'];
  readonly storeWarnings: () => readonly string[];
  /** What this server keeps its things in. */
  readonly setup: SetUp;
  /** How it was set up; no secret is among it. */
  readonly settings: SettingsParts['settings'];
  readonly governancePolicy: SettingsParts['governancePolicy'];
  /** Why no new job is accepted, as a sentence; undefined while jobs are. */
  readonly refusal: () => string | undefined;
}

/** Longer than any node id can be in an address, every character of it percent-encoded. */
const PARAMETER_CHARS = 4_096;

/** The API as a Fastify instance that does not listen yet. */
export async function buildApp(options: AppOptions): Promise<FastifyInstance> {
  const newId = randomIds(options.random);
  const app = Fastify({
    loggerInstance: options.logger,
    // One line a request, written when it is answered; see the request context.
    logController: new LogController({
      disableRequestLogging: true,
      requestIdLogLabel: 'request_id',
    }),
    bodyLimit: options.bodyBytes ?? LIMITS.bodyBytes,
    genReqId: (request) => requestIdOf(request, newId),
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: PARAMETER_CHARS },
    frameworkErrors: (error, request, reply) => {
      // No hook has run: the address could not even be read.
      reply.headers({ ...BARE_HEADERS, 'x-request-id': request.id });
      return sendError(error, request, reply);
    },
    clientErrorHandler: (error, socket) => answerBrokenClient(error, socket, newId()),
  });
  app.setValidatorCompiler(validatorCompiler);
  // Answers are made by typed services; leaving fields out of them by schema would only hide bugs.
  app.setSerializerCompiler(() => (answer) => JSON.stringify(answer));
  addClosing(app, options.clock);
  addErrors(app);
  addNotFound(app, pagesOf(options.console));
  addRequestContext(app);
  await addHeaders(app, options.origins);
  addContent(app);
  const failures = createFailures({ clock: options.clock, most: options.rateLimits.failures });
  addAuth(app, { ...options, failures });
  await addLimits(app, options);
  addPhases(app, options.phase);
  addClosedQueries(app);
  await addOpenApi(app, options.version);
  addTelemetry(app, options);
  const newSession = createRunIds(options.clock, options.random);
  const gate = createQuotaGate(options);
  const parts = {
    ...options,
    failures,
    gate,
    newId: () => newSession().text,
    plans: createPlans(options.jobs),
    views: createRunViews(options),
    rules: { ...options.rules, clock: options.clock },
  };
  addMcpFrontDoor(app, options);
  const standing = { ...parts, more: healthDetails(options) };
  addHealthRoutes(app, standing);
  addHomeRoutes(app, standing);
  addPrincipalRoutes(app, parts);
  addJobRoutes(app, parts);
  addJobPartRoutes(app, parts);
  addJobControlRoutes(app, parts);
  addRecovery(app, parts);
  addMoney(app, parts);
  await addRuns(app, { ...parts, log: options.logger });
  addTaskRoutes(app, parts);
  addTests(app, parts);
  addOperation(app, options);
  addEventing(app, { ...options, gate, newId: parts.newId });
  addNotifications(app, options.notifications);
  addReferred(app, { ...parts, ...options.vaulted });
  await addPages(app, options);
  return app;
}

/** What those ask for who run servers. */
function addOperation(app: FastifyInstance, options: AppOptions): void {
  addDoctorRoutes(app, { clock: options.clock, doctor: createDoctor(options.doctor) });
  addEngineRoutes(app, options);
  addSettingsRoutes(app, options);
}

function healthDetails({ operation, clock, console: files, setup }: AppOptions): HealthDetails {
  const consoleBuild = files.get('/index.html')?.etag.replaceAll('"', '');
  return { operation, startedAt: clock.wall(), consoleBuild, setup };
}

/** What people look at in a browser. */
async function addPages(app: FastifyInstance, options: AppOptions): Promise<void> {
  addConsole(app, options.console);
  if (options.docs) await addDocs(app);
}

const HOOK_BYTES = 16;

/** Events, and the webhooks that post them; some of their bodies are read as they were sent. */
function addEventing(
  app: FastifyInstance,
  options: AppOptions & { readonly newId: () => string; readonly gate: QuotaGate },
): void {
  const { clock, random, jobs, newId, webhooks, rateLimits, gate } = options;
  const eventing = { ...options.eventing, gate };
  const newHook = () => Buffer.from(random.bytes(HOOK_BYTES)).toString('base64url');
  const hooks = { webhooks, jobs, newId, newHook, vault: options.notifications.vault };
  addEventRoutes(app, { ...eventing, streams: createEventStreams(eventing, { clock }) });
  addWebhookRoutes(app, hooks);
  const failures = createFailures({ clock, most: rateLimits.failures });
  const posts = createFailures({ clock, most: rateLimits.read });
  app.register(async (scope) => {
    rawBodies(scope);
    addPublishRoute(scope, eventing);
    addHookRoutes(scope, {
      ...{ eventing, clock, failures, posts, gate, webhooks: hooks },
      networkOf: (request) => networkOf(remoteAddress(request, options.trusted)),
    });
  });
}

/** While the server starts or drains, only probes and measures are answered. */
function addPhases(app: FastifyInstance, phase: () => Phase): void {
  app.addHook('onRequest', async (request) => {
    const now = phase();
    if (now === 'ready' || request.is404 || request.routeOptions.config.always === true) return;
    throw new OrchestrationError('overloaded', `The server is ${now}.`, { retryAfterSeconds: 1 });
  });
  // A connection that is kept for more requests would hold up a server that stops.
  app.addHook('onSend', async (_request, reply) => {
    if (phase() === 'draining') reply.header('connection', 'close');
  });
}

/** A route that says nothing about its query takes none. */
function addClosedQueries(app: FastifyInstance): void {
  const none = { type: 'object', properties: {}, additionalProperties: false };
  app.addHook('onRoute', (route) => {
    route.schema = { querystring: none, ...route.schema };
  });
}
