/**
 * Carries word of events between servers. What it says is only a hint: the rows are the truth, and
 * who polls them finds the same, only later. It is never away for its callers: what it cannot do
 * now it does once it can.
 */
export interface EventBus {
  readonly kind: 'database' | 'redis';
  start(): void;
  /** Says that something was published, to all servers. */
  announce(): void;
  stop(): Promise<void>;
  health(): BusHealth;
}

export interface BusHealth {
  readonly status: 'up' | 'down';
  readonly detail?: string;
}

/** What a bus tells the server that it belongs to: there may be new events. */
export type BusNews = () => void;
