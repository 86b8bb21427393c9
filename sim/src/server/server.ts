import { type Failpoint, failpoint, StoreFault } from '@tenuto/engine';
import type { CallFate, CallFaults } from '../faults/calls.ts';
import type { Host } from '../host.ts';
import type { Link, Request, Steps } from '../model/link.ts';
import type { World } from '../world.ts';
import { createFenceLocks, type FenceLocks, type Release } from './locks.ts';

/** The database server: calls take their time to reach it and to come back, or do not. */
export interface Server {
  /** How a process reaches the database. */
  link(client: Client): Link;
  /** Breaks all connections and is away for a while; what was not committed is undone. */
  restart(downMs: number): void;
  /** It is there from now on. */
  heal(): void;
}

export interface ServerOptions {
  readonly world: World;
  readonly faults: CallFaults;
  /** Does something when all that was begun before it is done, if statements take their time. */
  inTurn?<T>(work: () => Promise<T>): Promise<T>;
  /** Told of each statement right before its commit; what it returns is told the result. */
  watch(request: Request): (result: unknown) => void;
  refused(request: Request, fault: StoreFault): void;
}

type Client = Pick<Host, 'deliver' | 'onDeath'>;

interface Database extends ServerOptions {
  readonly locks: FenceLocks;
  /** Counts restarts: what began under another number is lost. */
  incarnation: number;
  upAt: number;
}

const REFUSED_MS = 1;
const FLUSH_LOCK_MS = 250;
const LOCK_MS = 60_000;
const TAKEOVER_LOCK_MS = 5_000;
/** A transaction whose client says nothing for so long is ended by the server. */
const IDLE_MS = 30_000;

const away = (why: string) => new StoreFault('unavailable', why);

export function createServer(options: ServerOptions): Server {
  const { world } = options;
  const locks = createFenceLocks(world);
  const database: Database = { ...options, locks, incarnation: 0, upAt: 0 };
  return {
    link: (client) => ({
      call: (request, statement) =>
        send(database, client, (fate) => serve(database, request, { statement, fate })),
      transaction: (request, steps) =>
        send(database, client, () => transact(database, request, { steps, client })),
    }),
    restart(downMs) {
      database.incarnation += 1;
      database.upAt = Math.max(database.upAt, world.now + downMs);
      locks.reset();
    },
    heal() {
      database.upAt = world.now;
    },
  };
}

/** Sends a request and brings what came of it back, as far as the connection lives. */
function send<T>(
  database: Database,
  client: Client,
  execute: (fate: CallFate) => T | Promise<T>,
): Promise<T> {
  const { world, faults } = database;
  const ask = (resolve: (value: T) => void, reject: (error: unknown) => void) => {
    const fate = faults.next();
    const lost = (ms: number, why: string) =>
      world.after(ms, () => client.deliver(() => reject(away(why))));
    if (fate.kind === 'unheard' || fate.kind === 'late') lost(fate.backMs, 'connection reset');
    if (fate.kind === 'unheard') return;
    world.after(fate.thereMs, async () => {
      if (world.now < database.upAt) {
        if (fate.kind !== 'late') lost(REFUSED_MS, 'connection refused');
        return;
      }
      const born = database.incarnation;
      const settle = await settled(execute(fate), resolve, reject);
      if (fate.kind === 'late') return;
      if (fate.kind === 'unanswered') {
        lost(fate.backMs, 'reply lost');
        return;
      }
      world.after(fate.backMs, () => {
        const whole = born === database.incarnation;
        client.deliver(() => (whole ? settle() : reject(away('connection reset'))));
      });
    });
  };
  // The dead ask nothing, the frozen when they go on.
  return new Promise((resolve, reject) => client.deliver(() => ask(resolve, reject)));
}

/** Waits for the end of the work; what tells it may come later. */
async function settled<T>(
  work: T | Promise<T>,
  resolve: (value: T) => void,
  reject: (error: unknown) => void,
): Promise<() => void> {
  try {
    const result = await work;
    return () => resolve(result);
  } catch (error) {
    return () => reject(error);
  }
}

interface Work<T> {
  readonly statement: () => T | Promise<T>;
  readonly fate: CallFate;
}

/** One statement, which is one moment; a flush holds its fence until it is committed. */
async function serve<T>(database: Database, request: Request, work: Work<T>): Promise<T> {
  const { fence, batch, tooEarly } = request;
  if (fence === undefined) return commit(database, request, work.statement);
  const lock = database.locks.share(fence, batch === undefined ? LOCK_MS : FLUSH_LOCK_MS);
  const release = lock instanceof Promise ? await lock : lock;
  if (release === undefined) throw away('lock timeout');
  const finished = underFence(database, request, { ...work, release });
  if (tooEarly === undefined) return finished;
  finished.catch(() => undefined);
  return tooEarly as T;
}

async function underFence<T>(
  database: Database,
  request: Request,
  { statement, fate, release }: Work<T> & { readonly release: Release },
): Promise<T> {
  const born = database.incarnation;
  try {
    if (request.batch !== undefined) await database.world.sleep(fate.commitMs);
    if (born !== database.incarnation) throw away('the server went down');
    return commit(database, request, statement);
  } catch (error) {
    if (error instanceof StoreFault && error.kind === 'rejected') database.refused(request, error);
    throw error;
  } finally {
    release();
  }
}

function commit<T>(
  database: Database,
  request: Request,
  statement: () => T | Promise<T>,
): T | Promise<T> {
  const { inTurn } = database;
  const now = () => {
    checkWritable(database, request);
    const told = database.watch(request);
    const result = statement();
    if (result instanceof Promise) return heard(result, told);
    told(result);
    return result;
  };
  return inTurn === undefined ? now() : inTurn(async () => now());
}

async function heard<T>(result: Promise<T>, told: (result: T) => void): Promise<T> {
  const answer = await result;
  told(answer);
  return answer;
}

const READS = new Set([
  ...['peers', 'readOwned', 'readJournals', 'ownedRunIds', 'inbox', 'outcomes', 'plan'],
  ...['databaseTime', 'resend', 'find', 'openLane', 'heard', 'circuits'],
]);

function checkWritable({ faults }: Database, { verb }: Request): void {
  const fault = READS.has(verb) ? undefined : faults.writeFault();
  if (fault !== undefined) throw away(fault);
}

async function transact<T>(
  database: Database,
  request: Request,
  { steps, client }: { readonly steps: Steps<T>; readonly client: Client },
): Promise<T> {
  const born = database.incarnation;
  const release = await database.locks.exclusive(request.fence ?? '', TAKEOVER_LOCK_MS);
  if (release === undefined) throw away('lock timeout');
  try {
    const running = steps();
    for (;;) {
      if (born !== database.incarnation) throw away('the server went down');
      const { done, value } = await step(database, request, running);
      if (done === true) return value;
      if (!(await clientTurn(database, client, value))) throw away('the transaction was ended');
      checkWritable(database, request);
    }
  } finally {
    release();
  }
}

/** The next statement of a transaction; the last one is its commit. */
async function step<T>(
  { watch, inTurn }: Database,
  request: Request,
  running: ReturnType<Steps<T>>,
): Promise<IteratorResult<Failpoint | undefined, T>> {
  const told = watch(request);
  const last = async (): Promise<IteratorResult<Failpoint | undefined, T>> => {
    const { done, value } = running.next();
    if (done !== true) return { done: false, value };
    const answer = await value;
    told(answer);
    return { done, value: answer };
  };
  return inTurn === undefined ? last() : inTurn(last);
}

/** The client sends its next statement, if it can. */
function clientTurn(
  { world, faults }: Database,
  client: Client,
  point: Failpoint | undefined,
): Promise<boolean> {
  return new Promise((resolve) => {
    const { thereMs, backMs } = faults.next();
    const goOn = () => {
      try {
        if (point !== undefined) failpoint(point);
        client.deliver(() => world.after(thereMs, () => resolve(true)));
      } catch {
        resolve(false);
      }
    };
    world.after(backMs, () => client.deliver(goOn));
    world.after(IDLE_MS, () => resolve(false));
    client.onDeath(() => resolve(false));
  });
}
