/** Following a run: who may, for how long, and what they are sent. */
import { OrchestrationError, STREAM_CLOSING_CODES, type StreamClosing } from '@tenuto/contract';
import {
  type Clock,
  createRunFeeds,
  type EngineLog,
  type FeedMessage,
  type RunFeedStore,
  reaches,
} from '@tenuto/engine';
import { createWhoAgain } from '../auth/again.ts';
import type { Readers } from '../auth/credentials.ts';
import {
  accessOf,
  authorize,
  type Caller,
  isAdmin,
  type Principal,
  type Visit,
} from '../auth/principal.ts';
import { refuseForeignOrigin, type Site } from '../http/origin.ts';
import { findJob } from './job-find.ts';
import { progressView } from './job-view.ts';
import type { Closing, RunStream, StreamMessage } from './run-stream-message.ts';
import { type Socket, speak } from './run-stream-wire.ts';
import type { JobParts } from './services.ts';

const IDLE_MS = 15_000;
/** How often it is asked whether a follower still may. */
const CHECK_MS = 2_000;
/** Who takes nothing for so long, though there is something to take, is cut off. */
const STALL_MS = 30_000;
/** Who does not leave when the server stops is cut off after so long. */
const CUT_MS = 1_500;
/** Followers at once: of one run, of one owner, and of this server. */
const MOST_OF_RUN = 200;
const MOST_OF_ONE = 100;
const MOST = 2_000;

export interface RunStreams {
  /**
   * @throws OrchestrationError 404, 403 for pages of other sites, 400 for a number that is none, 429 for too many followers
   */
  open(caller: Caller, wish: RunStreamWish): Promise<RunStream>;
  /** Sends a stream over a WebSocket. */
  speak(socket: Socket, stream: RunStream): Promise<void>;
  /** Closes all streams: their followers come back, here or to another server. */
  close(): void;
}

export interface RunStreamWish {
  readonly runId: string;
  /** Number of the last entry that the follower has seen. */
  readonly after: string | undefined;
  /** What the follower has come in by; it is asked anew whether that holds. */
  readonly visit: Visit;
  readonly site: Site;
}

export interface RunStreamParts extends Pick<JobParts, 'jobs' | 'engine' | 'plans' | 'views'> {
  readonly feeds: RunFeedStore;
  readonly clock: Clock;
  readonly log: EngineLog;
  readonly readers: Readers;
  /** Sites whose pages may follow, besides those of this host. */
  readonly origins: readonly string[];
}

interface Follower {
  readonly runId: string;
  readonly owner: string;
  end(reason: StreamClosing): void;
  /** Ends it without a word. */
  cut(): void;
}

export function createRunStreams(parts: RunStreamParts): RunStreams {
  const { clock, feeds } = parts;
  const follow = createRunFeeds({ store: feeds, clock, log: parts.log, runs: runsOf(parts) });
  const whoAgain = createWhoAgain(parts.readers, clock);
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
    async open(caller, { runId: asked, after: text, visit, site }) {
      refuseForeignOrigin(site, parts.origins);
      const access = authorize(caller.principal, 'runs:read', 'runs');
      const after = numberOf(text);
      const { runId, owner, over } = await findJob(parts, access, asked);
      admit(runId, access.owner);
      const controller = new AbortController();
      const end = (reason: StreamClosing) => controller.abort(reason);
      const watch = watching(clock, { ...{ owner, end }, who: () => whoAgain(visit) });
      const follower = { runId, owner: access.owner, end, cut: watch.cut };
      followers.add(follower);
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
    speak: (socket, stream) => speak(socket, stream, clock),
    close() {
      for (const { end } of followers) end('draining');
      // Who takes nothing would hold up a server that stops.
      if (followers.size === 0) return;
      clock.after(CUT_MS, () => {
        for (const { cut } of followers) cut();
      });
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
  cut(): void;
  stop(): void;
}

/** Looks now and then whether a follower still may, and whether they take what they are given. */
function watching(
  clock: Clock,
  {
    owner,
    who,
    end,
  }: {
    readonly owner: string;
    /** Undefined when the credentials do not hold any more. */
    who(): Promise<Principal | undefined>;
    end(reason: StreamClosing): void;
  },
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
    cut: () => cut(),
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

function runsOf(parts: RunStreamParts): Parameters<typeof createRunFeeds>[0]['runs'] {
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
