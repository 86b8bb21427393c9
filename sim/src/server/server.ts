import { StoreFault } from '@tenuto/engine';
import type { CallFate, CallFaults } from '../faults/calls.ts';
import type { Host } from '../host.ts';
import type { Link, Request } from '../model/engine-store.ts';
import type { World } from '../world.ts';
import { createFenceLocks, type Release } from './locks.ts';

/** The database server: calls take their time to reach it and to come back, or do not. */
export interface Server {
  /** How a process reaches the database. */
  link(host: Pick<Host, 'deliver' | 'onDeath'>): Link;
  /** Breaks all connections and is away for a while; what was not committed is undone. */
  restart(downMs: number): void;
  /** It is there from now on. */
  heal(): void;
}

export interface ServerOptions {
  readonly world: World;
  readonly faults: CallFaults;
  /** Told of each statement right before its commit; what it returns is told the result. */
  watch(request: Request): (result: unknown) => void;
  refused(request: Request, fault: StoreFault): void;
}

const REFUSED_MS = 1;
const FLUSH_LOCK_MS = 250;
const LOCK_MS = 60_000;
const TAKEOVER_LOCK_MS = 5_000;
/** A transaction whose client says nothing for so long is ended by the server. */
const IDLE_MS = 30_000;

const away = (why: string) => new StoreFault('unavailable', why);

export function createServer({ world, faults, watch, refused }: ServerOptions): Server {
  const locks = createFenceLocks(world);
  let incarnation = 0;
  let upAt = 0;

  function link(host: Pick<Host, 'deliver' | 'onDeath'>): Link {
    /** Sends a request and brings what came of it back, as far as the connection lives. */
    function send<T>(execute: (fate: CallFate) => T | Promise<T>): Promise<T> {
      return new Promise((resolve, reject) => {
        const fate = faults.next();
        const back = (ms: number, settle: () => void) =>
          world.after(ms, () => host.deliver(settle));
        const lost = (ms: number, why: string) => back(ms, () => reject(away(why)));
        if (fate.kind === 'unheard' || fate.kind === 'late') lost(fate.backMs, 'connection reset');
        if (fate.kind === 'unheard') return;
        world.after(fate.thereMs, async () => {
          if (world.now < upAt) {
            if (fate.kind !== 'late') lost(REFUSED_MS, 'connection refused');
            return;
          }
          const born = incarnation;
          let settle: () => void;
          try {
            const result = await execute(fate);
            settle = () => resolve(result);
          } catch (error) {
            settle = () => reject(error);
          }
          if (fate.kind === 'late') return;
          if (fate.kind === 'unanswered' || born !== incarnation) lost(fate.backMs, 'reply lost');
          else
            world.after(fate.backMs, () => {
              const whole = born === incarnation;
              host.deliver(() => (whole ? settle() : reject(away('connection reset'))));
            });
        });
      });
    }

    return {
      call: (request, statement) => send((fate) => serve(request, statement, fate)),
      transaction: (request, steps) => send(() => transact(request, steps, clientTurn)),
    };

    /** The client sends its next statement, if it can. */
    function clientTurn(): Promise<boolean> {
      return new Promise((resolve) => {
        const { thereMs, backMs } = faults.next();
        world.after(backMs, () => host.deliver(() => world.after(thereMs, () => resolve(true))));
        world.after(IDLE_MS, () => resolve(false));
        host.onDeath(() => resolve(false));
      });
    }
  }

  function serve<T>(request: Request, statement: () => T, fate: CallFate): T | Promise<T> {
    const run = () => {
      const done = watch(request);
      const result = statement();
      done(result);
      return result;
    };
    const { fence, batch } = request;
    if (fence === undefined) return run();
    const lock = locks.share(fence, batch === undefined ? LOCK_MS : FLUSH_LOCK_MS);
    if (batch !== undefined || lock instanceof Promise)
      return underFence(request, run, { fate, lock });
    lock();
    return run();
  }

  /** A flush holds the fence until it is committed. */
  async function underFence<T>(
    request: Request,
    run: () => T,
    {
      fate,
      lock,
    }: { readonly fate: CallFate; readonly lock: Release | Promise<Release | undefined> },
  ): Promise<T> {
    const born = incarnation;
    const release = await lock;
    if (release === undefined) throw away('lock timeout');
    const finish = async () => {
      try {
        if (request.batch !== undefined) await world.sleep(fate.commitMs);
        if (born !== incarnation) throw away('the server went down');
        return run();
      } catch (error) {
        if (error instanceof StoreFault && error.kind === 'rejected') refused(request, error);
        throw error;
      } finally {
        release();
      }
    };
    if (request.tooEarly === undefined) return finish();
    finish().catch(() => undefined);
    return request.tooEarly as T;
  }

  async function transact<T>(
    request: Request,
    steps: () => Generator<void, T>,
    clientTurn: () => Promise<boolean>,
  ): Promise<T> {
    const born = incarnation;
    const release = await locks.exclusive(request.fence ?? '', TAKEOVER_LOCK_MS);
    if (release === undefined) throw away('lock timeout');
    try {
      const running = steps();
      for (;;) {
        if (born !== incarnation) throw away('the server went down');
        const told = watch(request);
        const { done, value } = running.next();
        if (done === true) {
          told(value);
          return value;
        }
        if (!(await clientTurn())) throw away('the transaction was ended');
      }
    } finally {
      release();
    }
  }

  return {
    link,
    restart(downMs) {
      incarnation += 1;
      upAt = Math.max(upAt, world.now + downMs);
      locks.reset();
    },
    heal() {
      upAt = world.now;
    },
  };
}
