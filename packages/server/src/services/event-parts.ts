import type {
  EventBus,
  EventMatching,
  EventPublisher,
  EventStore,
  EventTail,
} from '@tenuto/engine';

/** What the services of events work with. */
export interface EventParts {
  readonly events: EventStore;
  readonly publisher: EventPublisher;
  readonly matching: EventMatching;
  readonly tail: EventTail;
  readonly bus: Pick<EventBus, 'kind' | 'health'>;
  /** Something was given up: it may be deleted now. */
  readonly swept: () => void;
}
