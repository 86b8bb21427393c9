/** Every limit of agents, with its reason. */
export const AGENT_LIMITS = {
  /** What one call of a tool may put into the conversation, in bytes. */
  toolResultBytes: 64 * 1024,
  /** All text and tool calls of one answer: more than any model says at once. */
  answerChars: 4 * 1024 * 1024,
  /** An answer on its way: each token comes in an event of some hundred bytes. */
  wireBytes: 128 * 1024 * 1024,
  wireLineBytes: 8 * 1024 * 1024,
  wireRefusalBytes: 256 * 1024,
  /** More tokens than any call has. */
  usageTokens: 1_000_000_000,
  /** Sub-agents of sub-agents: the agent itself is at depth 0. */
  depth: 3,
  steps: 20,
  /** Of a model that says nothing about itself. */
  contextTokens: 128_000,
  outputTokens: 8_192,
  /** English text and code have about four bytes a token; three leaves room for others. */
  bytesPerToken: 3,
  callMs: 300_000,
  callRetries: 2,
  /** A call that may have been paid for is made again unasked up to this price, in USD. */
  askAboveUsd: 0.25,
  /** Longer waits that a provider asks for are left to the retry of the attempt. */
  waitInsideMs: 20_000,
  retryBaseMs: 500,
  /** Waiting for calls that others have under way, so that a budget tells. */
  budgetFirstMs: 50,
  budgetMostMs: 2_000,
  budgetGiveUpMs: 15 * 60_000,
  /** While nothing is heard of a model or a tool, the attempt says so often that it is alive. */
  heartbeatMs: 5_000,
  /** Further turns for an answer that does not fit its schema. */
  repairs: 2,
  schemaProblems: 10,
  listed: 200,
  searchMatches: 100,
  searchFileBytes: 1024 * 1024,
  searchFiles: 2_000,
  lineChars: 400,
  pageBytes: 32 * 1024,
  mcpTools: 128,
  writeBytes: 4 * 1024 * 1024,
  errorChars: 1_000,
  promptChars: 400_000,
} as const;
