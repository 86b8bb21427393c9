/** Routes that belong together, and what they work with. */
import type { FastifyInstance } from 'fastify';
import { addWebSockets } from './plugins/websockets.ts';
import { addApprovalRoutes } from './routes/approvals.ts';
import { addArtifactRoutes } from './routes/artifacts.ts';
import { addBudgetRoutes } from './routes/budgets.ts';
import { addCircuitRoutes } from './routes/circuits.ts';
import { addInterventionRoutes } from './routes/interventions.ts';
import { addMcpServerRoutes } from './routes/mcp-servers.ts';
import { addNeedsRoutes } from './routes/needs.ts';
import { addChannelRoutes } from './routes/notification-channels.ts';
import { addDeliveryRoutes } from './routes/notification-deliveries.ts';
import { addNoticeRoutes } from './routes/notification-routes.ts';
import { addPhasedRunRoutes } from './routes/phased-runs.ts';
import { addPriceRoutes } from './routes/prices.ts';
import { addProfileRoutes } from './routes/profiles.ts';
import { addRecoveryRoutes } from './routes/recoveries.ts';
import { addRetryPolicyRoutes } from './routes/retry-policies.ts';
import { addForkRoutes } from './routes/run-forks.ts';
import { addRunMetricsRoutes } from './routes/run-metrics.ts';
import { addRunStatsRoutes } from './routes/run-stats.ts';
import { addRunStreamRoute } from './routes/run-stream.ts';
import { addRunTestRoutes } from './routes/run-tests.ts';
import { addRunRoutes } from './routes/runs.ts';
import { addSecretRoutes } from './routes/secrets.ts';
import { addSpendingRoutes } from './routes/spending.ts';
import { addTemplateRoutes } from './routes/templates.ts';
import { addTestCatalogueRoutes } from './routes/test-catalogue.ts';
import { addTestRoutes } from './routes/tests.ts';
import type { McpServerParts } from './services/mcp-servers.ts';
import type { NotificationParts } from './services/notification-parts.ts';
import { createRunStreams, type RunStreamParts } from './services/run-stream.ts';
import type { SecretParts } from './services/secrets.ts';
import type { TemplateParts } from './services/templates.ts';

type RecoveryParts = Parameters<typeof addRecoveryRoutes>[1] &
  Parameters<typeof addApprovalRoutes>[1] &
  Parameters<typeof addCircuitRoutes>[1] &
  Parameters<typeof addNeedsRoutes>[1] &
  Parameters<typeof addRetryPolicyRoutes>[1];

/** What is done about failures, by rules and by people. */
export function addRecovery(app: FastifyInstance, parts: RecoveryParts): void {
  addRecoveryRoutes(app, parts);
  addInterventionRoutes(app, parts);
  addApprovalRoutes(app, parts);
  addNeedsRoutes(app, parts);
  addCircuitRoutes(app, parts);
  addRetryPolicyRoutes(app, parts);
}

type MoneyParts = Parameters<typeof addPriceRoutes>[1] &
  Parameters<typeof addBudgetRoutes>[1] &
  Parameters<typeof addSpendingRoutes>[1];

export function addMoney(app: FastifyInstance, parts: MoneyParts): void {
  addPriceRoutes(app, parts);
  addBudgetRoutes(app, parts);
  addSpendingRoutes(app, parts);
}

export function addTests(app: FastifyInstance, parts: Parameters<typeof addTestRoutes>[1]): void {
  addTestRoutes(app, parts);
  addRunTestRoutes(app, parts);
  addTestCatalogueRoutes(app, parts);
}

export function addNotifications(app: FastifyInstance, parts: NotificationParts): void {
  addChannelRoutes(app, parts);
  addNoticeRoutes(app, parts);
  addDeliveryRoutes(app, parts);
}

type RunParts = Parameters<typeof addRunStatsRoutes>[1] &
  Parameters<typeof addPhasedRunRoutes>[1] &
  Parameters<typeof addArtifactRoutes>[1] &
  Parameters<typeof addRunMetricsRoutes>[1] &
  Parameters<typeof addForkRoutes>[1] &
  RunStreamParts;

/** Runs of all kinds, as they are, as they go on, and what they leave. */
export async function addRuns(app: FastifyInstance, parts: RunParts): Promise<void> {
  addRunRoutes(app, parts);
  addRunStatsRoutes(app, parts);
  addPhasedRunRoutes(app, parts);
  addForkRoutes(app, parts);
  addArtifactRoutes(app, parts);
  addRunMetricsRoutes(app, parts);
  await addWebSockets(app, parts.clock);
  addRunStreamRoute(app, createRunStreams(parts));
}

/** What graphs refer to by name. */
export function addReferred(
  app: FastifyInstance,
  parts: SecretParts & McpServerParts & TemplateParts,
): void {
  addSecretRoutes(app, parts);
  addMcpServerRoutes(app, parts);
  addTemplateRoutes(app, parts);
  addProfileRoutes(app, parts);
}
