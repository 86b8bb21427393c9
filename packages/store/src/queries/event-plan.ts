import type {
  EventMatching,
  EventSubscription,
  KeptEvent,
  NewEvent,
  PublishedEvent,
  PublishRequest,
} from '@tenuto/engine';

/** An event that had been published before. */
export type KnownEvent = Omit<PublishedEvent, 'duplicate'>;

/** An event with its id, and what it is for. */
export interface MatchedEvent {
  readonly row: KeptEvent;
  readonly identity: Uint8Array | undefined;
  readonly subscriptions: readonly EventSubscription[];
}

/** What a request will be answered about one of its events: a new one, by its index, or an old one. */
type Slot =
  | { readonly fresh: number; readonly duplicate: boolean }
  | { readonly known: KnownEvent };

export interface PublishPlan {
  readonly fresh: readonly NewEvent[];
  readonly slots: ReadonlyMap<PublishRequest, readonly Slot[]>;
}

export const identityOf = (identity: Uint8Array) => Buffer.from(identity).toString('base64');

/**
 * Tells new events from those that are known, also among what is published together.
 * @param known by identity
 */
export function planOf(
  requests: readonly PublishRequest[],
  known: ReadonlyMap<string, KnownEvent>,
): PublishPlan {
  const fresh: NewEvent[] = [];
  const places = new Map<string, number>();
  const slotOf = (event: NewEvent): Slot => {
    const identity = event.identity && identityOf(event.identity);
    const old = identity === undefined ? undefined : known.get(identity);
    if (old !== undefined) return { known: old };
    const place = identity === undefined ? undefined : places.get(identity);
    if (place !== undefined) return { fresh: place, duplicate: true };
    const index = fresh.push(event) - 1;
    if (identity !== undefined) places.set(identity, index);
    return { fresh: index, duplicate: false };
  };
  const slots = new Map(requests.map((request) => [request, request.events.map(slotOf)]));
  return { fresh, slots };
}

/** Gives the new events their ids, and finds what they are for. */
export function matchFresh(
  fresh: readonly NewEvent[],
  ids: readonly string[],
  matching: EventMatching,
): readonly MatchedEvent[] {
  return fresh.map(({ identity, ...content }, i) => {
    const row: KeptEvent = { ...content, eventId: ids[i] ?? '', triggered: 0 };
    const subscriptions = matching.subscriptionsFor(row);
    return { row: { ...row, triggered: subscriptions.length }, identity, subscriptions };
  });
}

/** What a request is answered. */
export function answerOf(
  slots: readonly Slot[],
  events: readonly MatchedEvent[],
): readonly PublishedEvent[] {
  return slots.flatMap((slot) => {
    if ('known' in slot) return [{ ...slot.known, duplicate: true }];
    const row = events[slot.fresh]?.row;
    if (row === undefined) return [];
    const { eventId, topic, triggered } = row;
    return [{ eventId, topic, triggered, duplicate: slot.duplicate }];
  });
}
