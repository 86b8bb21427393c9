import { OrchestrationError } from '@tenuto/contract';
import type { Clock, QuotaLimits, QuotaStore, RunsRefused, SubmitResult } from '@tenuto/engine';
import type { Counters } from '../limits/counters.ts';

interface GateOptions {
  readonly quotas: QuotaStore;
  readonly counters: Counters;
  readonly clock: Pick<Clock, 'mono' | 'wall'>;
}

/** Who is charged. */
export interface Charged {
  /** What the thing will be owned by. */
  readonly owner: string;
  /** Administrators have no quota unless one is theirs by name. */
  readonly admin: boolean;
}

/** The first administrator: what happens in their name while they are away is theirs, too. */
export const FIRST_ADMIN = 'admin';

/** Who is charged for what happens in an owner's name, without anybody who asks for it. */
export function chargedAlone(owner: string): Charged {
  return { owner, admin: owner === FIRST_ADMIN };
}

/** Lets through what a quota has room for. */
export interface QuotaGate {
  /** @throws OrchestrationError `quota_exceeded`, or what `make` throws */
  submit(charged: Charged, make: () => Promise<SubmitResult>): Promise<SubmitResult>;
  /**
   * Lets a task be asked to fire while there is room for a run. What it makes is counted where it is
   * made.
   * @throws OrchestrationError `quota_exceeded`, or what `make` throws
   */
  fire<Made>(charged: Charged, make: () => Promise<Made>): Promise<Made>;
  /** @throws OrchestrationError `quota_exceeded` when so many events more are too many this minute */
  publish(charged: Charged, events: number): Promise<void>;
  /** Forgets what it knows: a quota was changed here. */
  changed(): void;
}

/** A quota that another server has changed is heard of after at most this long. */
const REMEMBERED_MS = 5_000;
const STORAGE_MS = 60_000;
const REMEMBERED = 10_000;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** Runs end; nobody knows when. */
const SOON_SECONDS = 5;

export function createQuotaGate({ quotas, counters, clock }: GateOptions): QuotaGate {
  const limits = remembering<QuotaLimits | undefined>(clock, REMEMBERED_MS);
  const storage = remembering<number>(clock, STORAGE_MS);
  const turns = createTurns();
  const limitsOf = ({ owner, admin }: Charged) =>
    limits.of(`${admin} ${owner}`, async () => {
      const own = await quotas.find(owner);
      return own ?? (admin ? undefined : quotas.find('*'));
    });
  return {
    async submit(charged, make) {
      const most = await limitsOf(charged);
      if (most === undefined) return make();
      const { owner } = charged;
      if (most.storageBytes !== null) {
        const used = await storage.of(owner, () => quotas.storage(owner));
        if (used >= most.storageBytes) throw storageExceeded(used, most.storageBytes);
      }
      if (most.runsPerDay === null && most.concurrentRuns === null) return make();
      return turns.take(owner, () => admitted(quotas, { owner, most, clock }, make));
    },
    async fire(charged, make) {
      const most = await limitsOf(charged);
      const { owner } = charged;
      if (most === undefined || (most.runsPerDay === null && most.concurrentRuns === null)) {
        return make();
      }
      return turns.take(owner, async () => {
        const made: Awaited<ReturnType<typeof make>>[] = [];
        const refused = await quotas.admit(owner, most, async () => {
          made.push(await make());
          return false;
        });
        const [first] = made;
        if (refused !== undefined) throw runsExceeded(refused, most, clock);
        if (first === undefined) throw new Error('a task was let fire and was not asked to');
        return first;
      });
    },
    async publish(charged, events) {
      const most = (await limitsOf(charged))?.eventsPerMinute ?? null;
      if (most === null) return;
      const { current, ttl } = await counters.add(`events ${charged.owner}`, MINUTE_MS, events);
      if (current > most) {
        const retryAfterSeconds = Math.max(1, Math.ceil(ttl / 1000));
        throw exceeded(`More than ${most} events a minute.`, retryAfterSeconds);
      }
    },
    changed() {
      limits.forget();
      storage.forget();
    },
  };
}

interface Room {
  readonly owner: string;
  readonly most: QuotaLimits;
  readonly clock: Pick<Clock, 'wall'>;
}

async function admitted(
  quotas: QuotaStore,
  { owner, most, clock }: Room,
  make: () => Promise<SubmitResult>,
): Promise<SubmitResult> {
  let made: SubmitResult | undefined;
  const refused = await quotas.admit(owner, most, async () => {
    made = await make();
    return !made.duplicate;
  });
  if (refused !== undefined) throw runsExceeded(refused, most, clock);
  if (made === undefined) throw new Error('a run was let in and not made');
  return made;
}

function runsExceeded(
  refused: RunsRefused,
  most: QuotaLimits,
  clock: Pick<Clock, 'wall'>,
): OrchestrationError {
  if (refused === 'concurrent_runs') {
    const detail = `As many runs go on as may (${most.concurrentRuns}): wait for one to end.`;
    return exceeded(detail, SOON_SECONDS);
  }
  const left = Math.ceil((DAY_MS - (clock.wall() % DAY_MS)) / 1000);
  const detail = `As many runs as may be submitted in a day (${most.runsPerDay}) were today: there is room at 00:00 UTC.`;
  return exceeded(detail, left);
}

function storageExceeded(used: number, most: number): OrchestrationError {
  const detail = `Artifacts take ${used} bytes of ${most}: delete runs that are not needed any more.`;
  return exceeded(detail, STORAGE_MS / 1000);
}

function exceeded(detail: string, retryAfterSeconds: number): OrchestrationError {
  return new OrchestrationError('quota_exceeded', detail, { retryAfterSeconds });
}

/** Answers that are asked for again only after a while. */
function remembering<Value>(clock: Pick<Clock, 'mono'>, forMs: number) {
  const known = new Map<string, { readonly value: Value; readonly until: number }>();
  return {
    async of(key: string, find: () => Promise<Value>): Promise<Value> {
      const found = known.get(key);
      if (found !== undefined && found.until > clock.mono()) return found.value;
      const until = clock.mono() + forMs;
      const value = await find();
      if (known.size >= REMEMBERED) known.clear();
      known.set(key, { value, until });
      return value;
    },
    forget: () => known.clear(),
  };
}

/** One after the other for each name: only one of them then holds a connection. */
function createTurns() {
  const last = new Map<string, Promise<unknown>>();
  return {
    async take<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
      const before = last.get(name) ?? Promise.resolve();
      const turn = before.then(work, work);
      const ended = turn.catch(() => undefined);
      last.set(name, ended);
      void ended.then(() => {
        if (last.get(name) === ended) last.delete(name);
      });
      return turn;
    },
  };
}
