export type { AgentQuery, Agents, ApiTokenQuery, ApiTokens } from './agents.ts';
export type { ApprovalQuery, Approvals } from './approvals.ts';
export type {
  ArtifactFilter,
  ArtifactQuery,
  Artifacts,
  DownloadOptions,
} from './artifacts.ts';
export type { AskOptions, ChangeOptions, SubmitOptions } from './asking.ts';
export type { Audit, AuditFilter } from './audit.ts';
export type { BudgetQuery, Budgets } from './budgets.ts';
export type { CircuitQuery, Circuits } from './circuits.ts';
export { type Client, type ClientOptions, createClient } from './client.ts';
export type { Doctor, DoctorQuery } from './doctor.ts';
export type { EngineQuery, Engines } from './engines.ts';
export { ApiError, ConnectionError, type Problem, ProtocolError } from './errors.ts';
export type { TailQuery } from './event-tail.ts';
export type { Events, RecentQuery } from './events.ts';
export { isBundle } from './fork-shapes.ts';
export type {
  CallOptions,
  CancelOptions,
  GetOptions,
  JobBody,
  JobQuery,
  Jobs,
  LogQuery,
  NamedQuery,
  NodeQuery,
  PageQuery,
} from './jobs.ts';
export type { Listing } from './listing.ts';
export type { McpServerBody, McpServers } from './mcp-servers.ts';
export type { NeedsQuery } from './needs.ts';
export type {
  Channels,
  Deliveries,
  DeliveryQuery,
  NoticeRoutes,
  Notifications,
} from './notifications.ts';
export type { PriceQuery, Prices } from './prices.ts';
export type { ProfileBody, Profiles } from './profiles.ts';
export type {
  InterventionQuery,
  Interventions,
  Recoveries,
  RecoveryAuditQuery,
  RecoveryQuery,
} from './recoveries.ts';
export type { RetryOptions } from './retry.ts';
export type {
  RetryPolicies,
  RetryPolicyBody,
  RetryPolicyQuery,
} from './retry-policies.ts';
export type { FollowOptions, RunFollowed } from './run-follow.ts';
export type {
  BundleQuery,
  CompareQuery,
  CreateRunBody,
  ExplainOptions,
  NextOptions,
  RunChangeOptions,
  RunQuery,
  Runs,
} from './runs.ts';
export type { Secrets } from './secrets.ts';
export type { ServerSettings } from './settings.ts';
export type { FiringQuery, TaskBody, TaskQuery, Tasks } from './tasks.ts';
export type { Quotas, Teams } from './teams.ts';
export type { TemplateBody, Templates, TemplateUse } from './templates.ts';
export type {
  CatalogueQuery,
  RunTestQuery,
  TestCatalogue,
  TestQuery,
  Tests,
} from './tests.ts';
export type { Surroundings } from './time.ts';
export type { Webhooks } from './webhooks.ts';
