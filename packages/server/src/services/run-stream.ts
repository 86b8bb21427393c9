/** Following a run: who may, for how long, and what they are sent. */
import {
  OrchestrationError,
  STREAM_CLOSING_CODES,
  type StreamClose,
  type StreamClosing,
} from '@tenuto/contract';
import {
  type Clock,
  createRunFeeds,
  type EngineLog,
  type FeedMessage,
  type RunFeedStore,
  reaches,
} from '@tenuto/engine';
import { accessOf, authorize, type Caller, isAdmin, type Principal } from '../auth/principal.ts';
import { findJob } from './job-find.ts';
import { progressView } from './job-view.ts';
import type { JobParts } from './services.ts';

const IDLE_MS = 15_000;
/** How often it is asked whether a follower still may. */
const CHECK_MS = 1_000;
/** Who takes nothing for so long, though there is something to take, is cut off. */
const STALL_MS = 30_000;
/** Followers at once: of one run, of one owner, and of this server. */
const MOST_OF_RUN = 200;
const MOST_OF_ONE = 100;
const MOST = 2_000;

export interface RunStreams {
  /**
   * @throws OrchestrationError 404, 400 for a number that is none, 429 for too many followers
   */
  open(caller: Caller, wish: RunStreamWish): Promise<RunStream>;
  /** Closes all streams: their followers come back, here or to another server. */
  close(): void;
}

export interface RunStreamWish {
  readonly runId: string;
  /** Number of the last entry that the follower has seen. */
  readonly after: string | undefined;
  /** Finds out anew who follows; undefined when the credentials do not hold any more. */
  readonly who: () => Promise<Principal | undefined>;
}

/** What a follower is sent; a closing is the last. */
export type StreamMessage =
  | Extract<FeedMessage, { kind: 'entries' | 'progress' | 'idle' }>
  | Closing;

export interface Closing {
  readonly kind: 'close';
  readonly code: number;
  readonly close: StreamClose;
}

export interface RunStream {
  readonly messages: AsyncGenerator<StreamMessage, void>;
  /** The run is over, and the follower has seen all of it. */
  readonly done: boolean;
  /** Calls back when the follower has taken nothing for too long: nothing can be said to them. */
  onStuck(cut: () => void): void;
  /** Nobody follows any more. */
  close(): void;
}

interface Parts extends Pick<JobParts, 'jobs' | 'engine' | 'plans' | 'views'> {
  readonly feeds: RunFeedStore;
  readonly clock: Clock;
  readonly log: EngineLog;
}

interface Follower {
  readonly runId: string;
  readonly owner: string;
  end(reason: StreamClosing): void;
}

export function createRunStreams(parts: Parts): RunStreams {
  const { clock, feeds } = parts;
  const follow = createRunFeeds({ store: feeds, clock, log: parts.log, runs: runsOf(parts) });
  const followers = new Set<Follower>();

  function admit(runId: string, owner: string): void {
    const all = [...followers];
    const many =
      all.length >= MOST ||
      all.filter((one) => one.owner === owner).length >= MOST_OF_ONE ||
      all.filter((one) => one.runId === runId).length >= MOST_OF_RUN;
    if (!many) return;
    const detail = 'Too many streams are open; close some of them.';
    throw new OrchestrationError('rate_limited', detail, { retryAfterSeconds: 10 });
  }

  return {
    async open(caller, { runId: asked, after: text, who }) {
      const access = authorize(caller.principal, 'runs:read', 'runs');
      const after = numberOf(text);
      const { runId, owner, over } = await findJob(parts, access, asked);
      admit(runId, access.owner);
      const controller = new AbortController();
      const end = (reason: StreamClosing) => controller.abort(reason);
      const follower = { runId, owner: access.owner, end };
      followers.add(follower);
      const watch = watching(clock, { owner, who, end });
      const { signal } = controller;
      let head: Awaited<ReturnType<RunFeedStore['open']>>;
      try {
        head = await feeds.open(runId);
      } catch (error) {
        watch.stop();
        followers.delete(follower);
        throw error;
      }
      return {
        messages: told(follow.follow(runId, { after, idleMs: IDLE_MS, signal }), watch, signal),
        done: over && head.state.ended && after === head.last,
        onStuck: watch.onStuck,
        close() {
          watch.stop();
          controller.abort('gone');
          followers.delete(follower);
        },
      };
    },
    close() {
      for (const { end } of followers) end('draining');
    },
  };
}

async function* told(
  feed: AsyncGenerator<FeedMessage, void>,
  watch: Watching,
  signal: AbortSignal,
): AsyncGenerator<StreamMessage, void> {
  for await (const message of feed) {
    if (message.kind === 'over') return yield closing(message.reason);
    watch.giving();
    yield message;
    watch.taken();
  }
  if (signal.aborted) yield closing(signal.reason);
}

function closing(reason: StreamClosing): Closing {
  const { code, reconnect } = STREAM_CLOSING_CODES[reason];
  return { kind: 'close', code, close: { type: 'close', reason, reconnect } };
}

interface Watching {
  giving(): void;
  taken(): void;
  onStuck(cut: () => void): void;
  stop(): void;
}

/** Looks now and then whether a follower still may, and whether they take what they are given. */
function watching(
  clock: Clock,
  {
    owner,
    who,
    end,
  }: Pick<RunStreamWish, 'who'> & { readonly owner: string; end(reason: StreamClosing): void },
): Watching {
  let since: number | undefined;
  let cut: () => void = () => undefined;
  let stopped = false;
  let cancel = clock.after(CHECK_MS, () => void check());

  async function check(): Promise<void> {
    if (since !== undefined && clock.mono() - since >= STALL_MS) {
      end('slow');
      cut();
      return;
    }
    // While the database is away nothing is said of anybody, and nothing is sent.
    const may = await who().then(
      (principal) => principal !== undefined && mayFollow(principal, owner),
      () => true,
    );
    if (!may) end('unauthorized');
    else if (!stopped) cancel = clock.after(CHECK_MS, () => void check());
  }

  return {
    giving() {
      since = clock.mono();
    },
    taken() {
      since = undefined;
    },
    onStuck(callback) {
      cut = callback;
    },
    stop() {
      stopped = true;
      cancel();
    },
  };
}

function mayFollow(principal: Principal, owner: string): boolean {
  const may = isAdmin(principal) || principal.scopes.has('runs:read');
  return may && reaches(accessOf(principal), owner);
}

function numberOf(text: string | undefined): number {
  const number = text?.trim() ?? '';
  if (number === '') return 0;
  if (/^\d{1,15}$/.test(number)) return Number(number);
  const message = 'is not the number of an entry';
  throw new OrchestrationError('validation_failed', `"${number.slice(0, 50)}" ${message}.`, {
    validationErrors: [{ path: '/after', message }],
  });
}

/** Followers have been let in before: what is read for them all is read as if by an administrator. */
const LOOKS = 5;
const LOOK_AGAIN_MS = 400;
const ALL = { owner: '', all: true } as const;

function runsOf(parts: Parts): Parameters<typeof createRunFeeds>[0]['runs'] {
  const { jobs, engine, plans, views, clock } = parts;
  return {
    moved: (runId) => engine.live(runId)?.seq,
    progress: (run) => progressView(run, engine.live(run.runId), clock.wall()),
    async nodeIds(runId, indexes) {
      if (indexes.length === 0) return () => '';
      const run = await jobs.find(ALL, runId);
      if (run === undefined) return (index) => String(index);
      const plan = await plans(ALL, run);
      if (indexes.every((index) => index < plan.nodeCount)) return (index) => plan.ids[index] ?? '';
      // Instances that `for_each` has made are known to who has the run in memory, or by replay; a
      // replay may be a little older than what is asked about.
      const live = run.over ? undefined : engine.live(runId);
      for (let look = 1; ; look += 1) {
        const nodes = (look === 1 ? live : undefined) ?? (await views(ALL, run, plan));
        const nodeId = (index: number) => plan.ids[index] ?? nodes.idOf(index);
        if (look >= LOOKS || indexes.every((index) => nodeId(index) !== '')) return nodeId;
        await new Promise<void>((resolve) => void clock.after(LOOK_AGAIN_MS, resolve));
      }
    },
  };
}
