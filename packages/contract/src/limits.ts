/** Every limit of the system with its reason. Units come last in a name. */
export const LIMITS = {
  /** A request's plan; configurable, because a graph generator may legitimately need more. */
  planNodes: 100_000,
  planEdges: 1_000_000,
  /** Nodes a run may grow to by `for_each`; one run must fit in one engine's memory. */
  runNodes: 1_000_000,
  /** Groups inside groups; compile and expansion walk this deep. */
  groupDepth: 16,
  nodeIdChars: 200,
  forEachItems: 10_000,
  /** Bytes of a request body. */
  bodyBytes: 8 * 1024 * 1024,
  /** JSON nesting of a request body; deeper documents are an attack, not data. */
  jsonDepth: 64,
  jobNameChars: 255,
  descriptionChars: 10_000,
  /** Why somebody did something, as it stands in the audit. */
  reasonChars: 2_000,
  /** What somebody says with a vote: all votes of an approval travel to its run in one message. */
  approvalCommentChars: 500,
  /** A signal's payload, or the output that a person gives a node: it travels in the run's journal. */
  messageBytes: 256 * 1024,
  /** Runs that one bulk request changes; its answer must not be waited for for minutes. */
  /** Runs that a bulk request can name one by one. */
  bulkIds: 1_000,
  bulkRuns: 10_000,
  tags: 20,
  tagChars: 50,
  maxAttempts: 11,
  /** The name of a circuit, templates resolved: it is part of a primary key. */
  circuitKeyChars: 500,
  /** `MAX_RETRY_DELAY`: no backoff waits longer, whatever a policy says (a Retry-After may). */
  retryDelayMs: 300_000,
  /** `total_time_limit_ms` of a retry policy: what is worth trying for longer is a schedule. */
  retryTotalMs: 7 * 24 * 3_600_000,
  /** Steps of a task's pipeline; more is a graph. */
  taskSteps: 200,
  /** Missed firings of a task that are made up for, one by one. */
  taskCatchUp: 1_000,
  /** Events that one run of a task is given. */
  taskBatchEvents: 1_000,
  /** Firings that one backfill makes. */
  backfillFirings: 10_000,
  /** Firings that wait for their turn behind a run that goes on, of one task. */
  taskQueue: 1_000,
  /** Stored retry policies that one job names. */
  policiesPerJob: 100,
  /** Job types that one stored retry policy names. */
  policyJobTypes: 50,
  jobTimeoutMinMs: 1_000,
  jobTimeoutMaxMs: 24 * 3_600_000,
  /** The text of a schedule: calendars export rules with hundreds of dates. */
  scheduleChars: 10_000,
  /** Firings that one preview shows. */
  previewFirings: 1_000,
  /** Output of an attempt kept in its row; larger ones are stored apart, by hash. */
  outputInlineBytes: 32 * 1024,
  /** Largest output of an attempt; more than this belongs in an artifact. */
  outputBytes: 8 * 1024 * 1024,
  /** Log text kept for one attempt; what comes later is counted and dropped. */
  logBytesPerAttempt: 1024 * 1024,
  /** Results of tests that the history keeps of one attempt; the report's counts are over all. */
  testResults: 50_000,
  /** Results stored in one transaction: short enough that nobody waits long for a test's row. */
  testResultsAtOnce: 2_000,
  testNameChars: 500,
  testMessageChars: 1_000,
  testCaseIds: 1_000,
  /** Shards of one suite: each is a process of the test runner. */
  testShards: 100,
  /** Addresses of one message of mail; more is a mailing list, which has software of its own. */
  recipients: 20,
  /** Whom one job tells of its end. */
  notifyTargets: 10,
  topicChars: 100,
  /** JSON text, or bytes, of one event: as the output of a node it travels in the journal of a run. */
  eventBytes: 256 * 1024,
  /** Events of one request; more than this is an import. */
  eventsPerRequest: 1_000,
  /** What a CloudEvent says about itself besides its data. */
  cloudEventAttributes: 50,
  /** Members of a team: all of them are in its one row of the API. */
  teamMembers: 1_000,
  /** Runs that start runs, inside each other: a template may start itself. */
  subRunDepth: 20,
  /** Characters of the schema of a template's parameters. */
  paramsSchemaChars: 256 * 1024,
  /** A secret is a credential or a key file, not a document. */
  secretChars: 65_536,
  secretHosts: 50,
  /** One flush of the journal: bounded so that a commit stays short and its latency even. */
  flushRows: 2_000,
  flushBytes: 4 * 1024 * 1024,
} as const;
