/**
 * Lets many follow the feeds of runs. A run that nobody follows costs nothing; one that somebody does
 * is looked at once in this process, however many they are. Other servers may do the same: who
 * advances a feed says which version they have seen, so all see the same entries.
 */
import type { RunProgressView } from '@tenuto/contract';
import { type Channel, type ChannelParts, openChannel } from '../feed/channel.ts';
import type { Known, Seen } from '../feed/seen.ts';
import type { RunFeedStore, StoredFeedEntry } from '../ports/run-feed-store.ts';

const PAGE = 200;
const KEPT_PAGES = 64;

export type FeedMessage =
  | { readonly kind: 'entries'; readonly entries: readonly StoredFeedEntry[] }
  | { readonly kind: 'progress'; readonly progress: RunProgressView }
  /** Nothing has come for a while. */
  | { readonly kind: 'idle' }
  /** There is nothing more to come, or the number is beyond the end of the feed. */
  | { readonly kind: 'over'; readonly reason: 'ended' | 'gone' | 'reset' };

export interface RunFeeds {
  /**
   * The entries of a run behind a number, and how far the run is between them, as they come. Ends
   * behind the last entry of a run that is over, and with the signal.
   */
  follow(
    runId: string,
    options: { readonly after: number; readonly idleMs: number; readonly signal: AbortSignal },
  ): AsyncGenerator<FeedMessage, void>;
}

interface Parts extends ChannelParts {
  readonly store: Pick<RunFeedStore, 'open' | 'look' | 'advance' | 'read'>;
}

export function createRunFeeds(parts: Parts): RunFeeds {
  const { store, clock } = parts;
  const channels = new Map<string, { readonly channel: Channel; followers: number }>();
  const pages = createPages(store);

  async function join(runId: string): Promise<{ channel: Channel; last: number }> {
    const { last } = await store.open(runId);
    const open = channels.get(runId) ?? {
      channel: openChannel(runId, parts, last),
      followers: 0,
    };
    channels.set(runId, open);
    open.followers += 1;
    return { channel: open.channel, last };
  }

  function leave(runId: string, channel: Channel): void {
    const open = channels.get(runId);
    if (open?.channel !== channel) return;
    open.followers -= 1;
    if (open.followers > 0) return;
    channels.delete(runId);
    channel.stop();
  }

  return {
    async *follow(runId, { after, idleMs, signal }) {
      const { channel, last: present } = await join(runId);
      try {
        if (after > present) yield { kind: 'over', reason: 'reset' };
        else yield* follow(channel.seen, runId, { after, idleMs, signal });
      } finally {
        leave(runId, channel);
      }
    },
  };

  async function* follow(
    seen: Seen,
    runId: string,
    { after, idleMs, signal }: Parameters<RunFeeds['follow']>[1],
  ): AsyncGenerator<FeedMessage, void> {
    let at = after;
    let progress: RunProgressView | undefined;
    let idleFrom = clock.mono();
    while (!signal.aborted) {
      const { turn, known } = seen;
      const page = at < known.last ? await pages.after(runId, at, known.last) : [];
      const message = nextMessage({ page, known, at, progress });
      const leftMs = idleMs - (clock.mono() - idleFrom);
      if (message === undefined && leftMs > 0) {
        await seen.next(turn, leftMs, signal);
        continue;
      }
      at = page.at(-1)?.seq ?? at;
      if (message?.kind === 'progress') progress = message.progress;
      yield message ?? { kind: 'idle' };
      if (message?.kind === 'over') return;
      idleFrom = clock.mono();
    }
  }
}

/** What is to be said next to who is so far; undefined when there is nothing. */
function nextMessage({
  page,
  known,
  at,
  progress,
}: {
  readonly page: readonly StoredFeedEntry[];
  readonly known: Known;
  readonly at: number;
  readonly progress: RunProgressView | undefined;
}): FeedMessage | undefined {
  if (page.length > 0) return { kind: 'entries', entries: page };
  if (known.gone) return { kind: 'over', reason: 'gone' };
  if (known.ended && at >= known.last) return { kind: 'over', reason: 'ended' };
  const isNew = known.progress !== undefined && known.progress !== progress;
  return isNew ? { kind: 'progress', progress: known.progress } : undefined;
}

/** Pages of entries; who is equally far shares the answer. */
function createPages(store: Pick<RunFeedStore, 'read'>) {
  const pages = new Map<string, Promise<readonly StoredFeedEntry[]>>();
  return {
    after(runId: string, after: number, last: number): Promise<readonly StoredFeedEntry[]> {
      const key = `${runId} ${after} ${last}`;
      const known = pages.get(key);
      if (known !== undefined) return known;
      const page = store.read(runId, after, Math.min(PAGE, last - after));
      page.catch(() => pages.delete(key));
      pages.set(key, page);
      for (const old of pages.keys()) if (pages.size > KEPT_PAGES) pages.delete(old);
      return page;
    },
  };
}
