import type { DryRun, Health, Home, Needs } from '@tenuto/contract';
import { type Agents, type ApiTokens, createAgents, createApiTokens } from './agents.ts';
import { type Approvals, createApprovals } from './approvals.ts';
import { type Artifacts, createArtifacts } from './artifacts.ts';
import { type Audit, createAudit } from './audit.ts';
import { type Budgets, createBudgets } from './budgets.ts';
import { type Circuits, createCircuits } from './circuits.ts';
import { createDoctor, type Doctor } from './doctor.ts';
import { createEngines, type Engines } from './engines.ts';
import { createEvents, type Events } from './events.ts';
import { createHome } from './home.ts';
import { healthShape } from './job-shapes.ts';
import { type CallOptions, createJobs, dryRunJob, type JobBody, type Jobs } from './jobs.ts';
import { createMcpServers, type McpServers } from './mcp-servers.ts';
import { createNeeds, type NeedsQuery } from './needs.ts';
import { createNotifications, type Notifications } from './notifications.ts';
import { createPrices, type Prices } from './prices.ts';
import { createProfiles, type Profiles } from './profiles.ts';
import {
  createInterventions,
  createRecoveries,
  type Interventions,
  type Recoveries,
} from './recoveries.ts';
import { DEFAULT_RETRY, type RetryOptions } from './retry.ts';
import { createRetryPolicies, type RetryPolicies } from './retry-policies.ts';
import { createRuns, type Runs } from './runs.ts';
import { createSecrets, type Secrets } from './secrets.ts';
import { createSettings, type ServerSettings } from './settings.ts';
import { createTasks, type Tasks } from './tasks.ts';
import { createQuotas, createTeams, type Quotas, type Teams } from './teams.ts';
import { createTemplates, type Templates } from './templates.ts';
import { createTests, type Tests } from './tests.ts';
import { SURROUNDINGS, type Surroundings } from './time.ts';
import { send, type TransportOptions } from './transport.ts';
import { createWebhooks, type Webhooks } from './webhooks.ts';

export interface ClientOptions {
  /** Where the server is: `http://127.0.0.1:8420`, with a path before `/api/v1` if it has one. */
  readonly baseUrl: string;
  /** An API token or a JWT; without one only the health check answers. */
  readonly token?: string;
  readonly fetch?: typeof fetch;
  readonly retry?: Partial<RetryOptions>;
  /** Longest time in milliseconds that one attempt of a call may take. Default 30,000. */
  readonly timeoutMs?: number;
  /** Clock and chance, for tests. */
  readonly surroundings?: Surroundings;
}

export interface Client {
  /** The server's address as it is used, without a slash at the end. */
  readonly baseUrl: string;
  readonly jobs: Jobs;
  readonly retryPolicies: RetryPolicies;
  readonly runs: Runs;
  readonly artifacts: Artifacts;
  readonly recoveries: Recoveries;
  readonly interventions: Interventions;
  readonly approvals: Approvals;
  readonly tasks: Tasks;
  readonly tests: Tests;
  readonly notifications: Notifications;
  readonly circuits: Circuits;
  readonly secrets: Secrets;
  readonly mcpServers: McpServers;
  readonly templates: Templates;
  readonly profiles: Profiles;
  readonly doctor: Doctor;
  readonly engines: Engines;
  readonly settings: ServerSettings;
  readonly events: Events;
  readonly webhooks: Webhooks;
  readonly agents: Agents;
  readonly tokens: ApiTokens;
  readonly audit: Audit;
  readonly teams: Teams;
  readonly quotas: Quotas;
  readonly prices: Prices;
  readonly budgets: Budgets;
  /** Whether anything is wrong, what runs, what failed lately, and what comes next. */
  home(options?: CallOptions): Promise<Home>;
  /** What waits for people, and what of it for the caller; without what they may not read. */
  needs(query?: NeedsQuery, options?: CallOptions): Promise<Needs>;
  /** Checks a job without storing it: levels, critical path, warnings. */
  dryRun(body: JobBody, options?: CallOptions): Promise<DryRun>;
  /** The server's health; an unhealthy server's answer is returned too, not thrown. */
  health(options?: CallOptions): Promise<Health>;
}

/**
 * A typed client of one server. Calls that may be repeated are, with backoff, when no answer comes
 * or the server asks to come back; a submission carries an idempotency key, so that it is one of
 * them.
 *
 * @throws TypeError when `baseUrl` is not an http(s) address. Its functions throw ApiError for an
 *   error answer, ConnectionError when none comes, ProtocolError for one that is not the API's.
 */
export function createClient(options: ClientOptions): Client {
  const baseUrl = readBaseUrl(options.baseUrl);
  const transport: TransportOptions = {
    base: `${baseUrl}/api/v1`,
    token: options.token,
    fetch: options.fetch ?? ((input, init) => fetch(input, init)),
    retry: { ...DEFAULT_RETRY, ...options.retry },
    timeoutMs: options.timeoutMs ?? 30_000,
    surroundings: options.surroundings ?? SURROUNDINGS,
  };
  return {
    baseUrl,
    jobs: createJobs(transport),
    retryPolicies: createRetryPolicies(transport),
    runs: createRuns(transport),
    artifacts: createArtifacts(transport),
    recoveries: createRecoveries(transport),
    interventions: createInterventions(transport),
    approvals: createApprovals(transport),
    tasks: createTasks(transport),
    tests: createTests(transport),
    notifications: createNotifications(transport),
    circuits: createCircuits(transport),
    secrets: createSecrets(transport),
    mcpServers: createMcpServers(transport),
    templates: createTemplates(transport),
    profiles: createProfiles(transport),
    doctor: createDoctor(transport),
    engines: createEngines(transport),
    settings: createSettings(transport),
    events: createEvents(transport),
    webhooks: createWebhooks(transport),
    agents: createAgents(transport),
    tokens: createApiTokens(transport),
    audit: createAudit(transport),
    teams: createTeams(transport),
    quotas: createQuotas(transport),
    prices: createPrices(transport),
    budgets: createBudgets(transport),
    home: createHome(transport),
    needs: createNeeds(transport),
    dryRun: (body, call = {}) => dryRunJob(transport, body, call),
    health: (call = {}) =>
      send(transport, {
        method: 'GET',
        path: '/orchestration/health',
        shape: healthShape,
        repeatable: true,
        alsoGood: [503],
        ...(call.signal && { signal: call.signal }),
      }),
  };
}

function readBaseUrl(given: string): string {
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new TypeError(`"${given}" is not an address such as http://127.0.0.1:8420.`);
  }
  if (url.username !== '' || url.password !== '') {
    throw new TypeError('Credentials do not go into the address; pass a token.');
  }
  return url.origin + url.pathname.replace(/(\/api\/v1)?\/*$/, '');
}
