/** What a job gets that does not say otherwise; settings of the deployment. */
export interface JobDefaults {
  readonly maxConcurrentNodes: number;
  readonly maxRetries: number;
  /** No backoff waits longer, whatever a policy says. */
  readonly maxRetryDelayMs: number;
  readonly timeoutMs: number;
  /** Of tasks that name none; UTC when absent. */
  readonly timezone?: string;
}
