import type { Json, JsonObject } from '@tenuto/contract';

/** An event that a node publishes. Published again under the same key, it is the same event. */
export interface NodeEvent {
  readonly topic: string;
  readonly payload: Json;
  readonly dedupeId?: string;
  readonly owner: string;
  readonly runId: string;
  readonly nodeId: string;
  readonly idempotencyKey: string;
}

/** What a node waits for. */
export interface AwaitedEvent {
  readonly runId: string;
  /** The same for all attempts of the node. */
  readonly waitKey: string;
  readonly owner: string;
  readonly pattern: string;
  readonly filter: string | null;
  /** Milliseconds since the attempt began; asked again when it matters. */
  readonly elapsedMs: () => number;
  /** The attempt with which the node began, when it was not this one. */
  readonly began?: { readonly node: number; readonly attempt: number };
}

/** How actions reach the events. */
export interface EventDoor {
  /**
   * Publishes an event of a node; gives what the output says of it.
   * @throws OrchestrationError
   */
  publish(event: NodeEvent): Promise<JsonObject>;
  /**
   * Notes that a node waits; from its beginning on no event passes it by.
   * @returns the name of the signal that it will get
   * @throws OrchestrationError
   */
  wait(awaited: AwaitedEvent): Promise<string>;
}
