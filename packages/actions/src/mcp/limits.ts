/** Every limit of speaking with MCP servers, with its reason. */
export const MCP_LIMITS = {
  /** One message: an output of the largest size, in base64 and JSON, and some more. */
  messageBytes: 32 * 1024 * 1024,
  /** Whoever starts up for longer is taken for dead. */
  connectMs: 30_000,
  /** A call that says nothing else about its time. */
  callMs: 300_000,
  callMostMs: 24 * 3_600_000,
  /** A connection that nobody used for so long is closed. */
  idleMs: 60_000,
  /** Tools of one server, and pages that they come in: a list without end is no list. */
  tools: 2_000,
  pages: 100,
  /** Characters of a tool's schema; longer ones are not held against arguments. */
  schemaChars: 512 * 1024,
  /** Lines of the standard output that are no messages before the server is taken for none. */
  garbageLines: 1_000,
  /** What is kept of the standard error, to tell why a server died. */
  stderrChars: 4_000,
  /** Between closing the standard input of a server, SIGTERM and SIGKILL. */
  closeMs: 1_000,
  /** After the end of a stream, for what has come over it to be heard. */
  cutOffMs: 1_000,
  /** Connections of one process, of all owners: each over stdio is a process. */
  connections: 200,
  connectionsOfOne: 30,
  errorChars: 2_000,
} as const;
