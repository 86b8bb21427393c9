/**
 * The words of the domain: every status, type and classification that the API, the engine, the
 * store and the docs use. Order matters where a position is stored: append, never reorder.
 */

export const RUN_STATUSES = [
  'pending',
  'queued',
  'scheduled',
  'running',
  'paused',
  'completed',
  'failed',
  'cancelled',
  'timeout',
  'retrying',
  'recovering',
  'aborted',
] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];

/** What a run may go to from each status; an empty list marks a final one. */
export const RUN_TRANSITIONS: Readonly<Record<RunStatus, readonly RunStatus[]>> = {
  pending: ['queued', 'scheduled', 'cancelled', 'timeout'],
  queued: ['scheduled', 'running', 'cancelled', 'paused', 'timeout'],
  scheduled: ['queued', 'running', 'cancelled', 'paused', 'timeout'],
  running: ['completed', 'failed', 'cancelled', 'timeout', 'paused', 'recovering', 'scheduled'],
  paused: ['running', 'queued', 'cancelled', 'timeout'],
  failed: ['retrying', 'recovering', 'aborted'],
  timeout: ['retrying', 'recovering', 'aborted'],
  retrying: ['queued', 'running', 'aborted', 'cancelled'],
  recovering: ['queued', 'running', 'failed', 'aborted', 'cancelled'],
  completed: [],
  cancelled: [],
  aborted: [],
};

export const NODE_STATUSES = [
  'pending',
  'ready',
  'running',
  'waiting',
  'completed',
  'failed',
  'skipped',
  'cancelled',
  'timeout',
] as const;
export type NodeStatus = (typeof NODE_STATUSES)[number];

/** How one attempt ended. */
export const ATTEMPT_STATUSES = ['completed', 'failed', 'cancelled', 'timeout'] as const;
export type AttemptStatus = (typeof ATTEMPT_STATUSES)[number];

export const NODE_TYPES = [
  'action',
  'test_case',
  'test_suite',
  'condition',
  'parallel_group',
  'sequential_group',
  'checkpoint',
  'notification',
  'cleanup',
] as const;
export type NodeType = (typeof NODE_TYPES)[number];

export const DEPENDENCY_CONDITIONS = ['all', 'any', 'all_done', 'conditional'] as const;
export type DependencyCondition = (typeof DEPENDENCY_CONDITIONS)[number];

export const RETRY_STRATEGIES = [
  'none',
  'immediate',
  'linear_backoff',
  'exponential_backoff',
  'fibonacci_backoff',
  'custom_backoff',
  'circuit_breaker',
] as const;
export type RetryStrategy = (typeof RETRY_STRATEGIES)[number];

export const JITTERS = ['none', 'proportional', 'full', 'equal', 'decorrelated'] as const;
export type Jitter = (typeof JITTERS)[number];

export const CLASSIFICATIONS = [
  'transient',
  'rate_limited',
  'timeout',
  'infrastructure',
  'resource_exhausted',
  'validation',
  'permanent',
  'unknown',
] as const;
export type Classification = (typeof CLASSIFICATIONS)[number];

/** What an attempt is made for. The position is stored: append only. */
export const ATTEMPT_KINDS = ['work', 'rollback', 'fallback', 'probe'] as const;
export type AttemptKind = (typeof ATTEMPT_KINDS)[number];

/** What can be done about a run that failed, stalled, or lost what was going on. */
export const RECOVERY_ACTIONS = [
  'retry_job',
  'rollback_state',
  'skip_node',
  'escalate_manual',
  'abort_execution',
  'requeue_job',
  'fallback_strategy',
] as const;
export type RecoveryAction = (typeof RECOVERY_ACTIONS)[number];

/** What called for a recovery. `lost`: an engine died. `ambiguous`: so did it in the middle of an effect. */
export const RECOVERY_TRIGGERS = [
  'failure',
  'timeout',
  'lost',
  'stalled',
  'deadline',
  'ambiguous',
  'budget',
  'intervention',
  'manual',
] as const;
export type RecoveryTrigger = (typeof RECOVERY_TRIGGERS)[number];

export const RECOVERY_STATUSES = ['running', 'completed', 'failed', 'cancelled'] as const;
export type RecoveryStatus = (typeof RECOVERY_STATUSES)[number];

export const INTERVENTION_STATES = [
  'open',
  'assigned',
  'resolved',
  'expired',
  'cancelled',
] as const;
export type InterventionState = (typeof INTERVENTION_STATES)[number];

/** What a person may decide about a node that waits for them. */
export const RESOLUTIONS = ['retry', 'skip', 'abort'] as const;
export type Resolution = (typeof RESOLUTIONS)[number];

/** What follows when an engine died in the middle of an effect that may have happened. */
export const AMBIGUITY_POLICIES = ['retry', 'ask', 'fail'] as const;
export type AmbiguityPolicy = (typeof AMBIGUITY_POLICIES)[number];

/** What one test came to in one attempt. */
export const TEST_STATUSES = ['passed', 'failed', 'error', 'skipped'] as const;
export type TestStatus = (typeof TEST_STATUSES)[number];

/** What a run cannot go on without: an answer (of any kind), more money, or the word for its next phase. */
export const WAITING_FOR = ['person', 'money', 'phase'] as const;
export type WaitingFor = (typeof WAITING_FOR)[number];

export const RUN_KINDS = ['job', 'phased', 'task'] as const;
export type RunKind = (typeof RUN_KINDS)[number];

export const SCOPES = [
  'jobs:read',
  'jobs:write',
  'runs:read',
  'runs:write',
  'runs:override',
  'tasks:create',
  'tasks:read',
  'tasks:update',
  'tasks:delete',
  'events:publish',
  'events:read',
  'agents:read',
  'agents:write',
  'audit:read',
  'workers:connect',
  'metrics:read',
  'admin',
] as const;
export type Scope = (typeof SCOPES)[number];

/** A disabled agent is let in nowhere, whatever it shows. */
export const AGENT_STATES = ['active', 'disabled'] as const;
export type AgentState = (typeof AGENT_STATES)[number];
/** How an MCP server is spoken with. */
export const MCP_TRANSPORTS = ['stdio', 'http'] as const;
export type McpTransport = (typeof MCP_TRANSPORTS)[number];

/** What a notification can be about. */
export const NOTICE_EVENTS = [
  'run.completed',
  'run.failed',
  'run.timeout',
  'run.cancelled',
  'run.aborted',
  'intervention.opened',
  'intervention.expired',
  'approval.requested',
  'approval.decided',
  'recovery.failed',
  'circuit.opened',
  'budget.warning',
] as const;
export type NoticeEvent = (typeof NOTICE_EVENTS)[number];

export const CHANNEL_TYPES = ['webhook', 'email'] as const;
export type ChannelType = (typeof CHANNEL_TYPES)[number];

/** `disabled`: by hand, or because the receiver answered 410 Gone. */
export const CHANNEL_STATES = ['active', 'disabled'] as const;
export type ChannelState = (typeof CHANNEL_STATES)[number];

export const DELIVERY_STATES = ['pending', 'delivered', 'failed'] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];
