export { reaches } from './access.ts';
export { type ArtifactKind, artifactKindOf } from './artifact-kind.ts';
export * from './compare/index.ts';
export * from './doctor/index.ts';
export { createEngine } from './engine.ts';
export type { EngineLog } from './engine-log.ts';
export type { EngineOptions } from './engine-state.ts';
export * from './event/index.ts';
export { createEventPublisher, type EventPublisher } from './event-publisher.ts';
export { compileExpression, compileTemplate } from './expression/index.ts';
export { armFailpoints, FAILPOINTS, type Failpoint, failpoint } from './failpoint.ts';
export { errorIn, nextEntries, objectIn, textIn } from './feed/index.ts';
export * from './governance/index.ts';
export { compileJsonSchema, type JsonSchema } from './json-schema/index.ts';
export { createApprovalChores } from './loops/approval-chores.ts';
export { createCallSettler } from './loops/call-settler.ts';
export { coalesced } from './loops/coalesced.ts';
export { createEventChores, type EventChores } from './loops/event-chores.ts';
export { createEventTail, type EventTail } from './loops/event-tail.ts';
export { createLoop, type Loop } from './loops/loop.ts';
export { createRelay, type Relay, type RelayOptions } from './loops/relay.ts';
export { createRunFeeds, type FeedMessage, type RunFeeds } from './loops/run-feeds.ts';
export { createScheduler, type Scheduler, type SchedulerOptions } from './loops/scheduler.ts';
export { createSealer } from './loops/sealer.ts';
export { createTokenPruner } from './loops/token-pruner.ts';
export { createMask, type Mask } from './mask.ts';
export * from './plan/index.ts';
export type * from './ports/action-runner.ts';
export type * from './ports/agent-store.ts';
export type * from './ports/approval-door.ts';
export type * from './ports/approval-store.ts';
export * from './ports/audit-store.ts';
export * from './ports/blob-store.ts';
export type * from './ports/budget-store.ts';
export type * from './ports/bus.ts';
export * from './ports/call-ledger.ts';
export type * from './ports/circuit-store.ts';
export type * from './ports/clock.ts';
export type * from './ports/doctor-store.ts';
export type * from './ports/document-store.ts';
export type * from './ports/engine-api.ts';
export type * from './ports/event-door.ts';
export type * from './ports/event-store.ts';
export type * from './ports/fork-store.ts';
export type * from './ports/inbox.ts';
export type * from './ports/job-store.ts';
export type * from './ports/mcp.ts';
export type * from './ports/notice-store.ts';
export * from './ports/phased-input.ts';
export type * from './ports/price-store.ts';
export type * from './ports/quota-store.ts';
export type * from './ports/recovery-store.ts';
export type * from './ports/reported-test.ts';
export type * from './ports/retry-policy-store.ts';
export type * from './ports/run-feed-store.ts';
export type * from './ports/secret-store.ts';
export * from './ports/store.ts';
export type * from './ports/tally-store.ts';
export type * from './ports/task-store.ts';
export type * from './ports/team-store.ts';
export type * from './ports/test-store.ts';
export type * from './ports/token-store.ts';
export type * from './ports/webhook-store.ts';
export * from './ports/workspace.ts';
export {
  type Circuit,
  type CircuitSettings,
  CLOSED,
  DEFAULT_RETRY_POLICY,
  retryPolicyProblems,
  withRetries,
} from './retry/index.ts';
export * from './run/index.ts';
export { createRunIds, runIdOf } from './run-id.ts';
export * from './schedule/index.ts';
export * from './task/index.ts';
export * from './testing/index.ts';
