import type { EventMatching, EventPublisher, EventStore } from '@tenuto/engine';

/** What the services of events work with. */
export interface EventParts {
  readonly events: EventStore;
  readonly publisher: EventPublisher;
  readonly matching: EventMatching;
}
