import type { EventView } from '@tenuto/contract';

/** What a tail shows: an event, or a time in which nothing could be heard. */
export type TailItem =
  | { readonly kind: 'event'; readonly key: string; readonly event: EventView }
  | { readonly kind: 'gap'; readonly key: string; readonly gap: TailGap };

/** The server was away from one moment to another; `lost`: what was before that time is given up. */
export interface TailGap {
  readonly from: number;
  readonly to: number;
  readonly lost?: string;
}

/** What the page keeps of a tail that goes on for days. */
export const MOST_KEPT = 2_000;

const itemOf = (event: EventView): TailItem => ({ kind: 'event', key: event.event_id, event });

/** The newest items first; what is there already is not told again. */
export function withEvents(
  items: readonly TailItem[],
  events: readonly EventView[],
): readonly TailItem[] {
  const known = new Set(items.map(({ key }) => key));
  const news = events.filter((event) => !known.has(event.event_id)).map(itemOf);
  return news.length === 0 ? items : [...news.toReversed(), ...items].slice(0, MOST_KEPT);
}

/** Older ones, newest first, behind what is there. */
export function withOlder(
  items: readonly TailItem[],
  events: readonly EventView[],
): readonly TailItem[] {
  const known = new Set(items.map(({ key }) => key));
  return [...items, ...events.filter((event) => !known.has(event.event_id)).map(itemOf)];
}

/** A time without the server, as a line of its own above what came before it. */
export function withGap(items: readonly TailItem[], gap: TailGap): readonly TailItem[] {
  return [{ kind: 'gap', key: `gap ${gap.from} ${gap.to}`, gap }, ...items];
}

/** How many events have come behind a gap that were published in it. */
export function filledIn(items: readonly TailItem[], { from, to }: TailGap): number {
  return items.filter((item) => {
    if (item.kind === 'gap') return false;
    const at = Date.parse(item.event.published_at);
    return at >= from && at <= to;
  }).length;
}

/** The items in whose event a text stands; gaps stay, since they are about all of them. */
export function found(items: readonly TailItem[], text: string): readonly TailItem[] {
  const wanted = text.trim().toLowerCase();
  if (wanted === '') return items;
  return items.filter((item) => {
    if (item.kind === 'gap') return true;
    const { topic, payload, event_id: id, dedupe_id: dedupe } = item.event;
    return `${topic} ${JSON.stringify(payload)} ${id} ${dedupe ?? ''}`
      .toLowerCase()
      .includes(wanted);
  });
}
