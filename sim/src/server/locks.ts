import type { World } from '../world.ts';

export type Release = () => void;

/**
 * The locks on engines' fences: shared by those who write under a fence, exclusive for who takes
 * it down. A share joins others even when somebody waits for all of it, as in PostgreSQL.
 */
export interface FenceLocks {
  share(engineId: string, waitMs: number): Release | Promise<Release | undefined>;
  /** Undefined after `waitMs` without the lock. */
  exclusive(engineId: string, waitMs: number): Promise<Release | undefined>;
  /** Everybody who waits is refused, and what is held is free: the server went down. */
  reset(): void;
}

interface Lock {
  shares: number;
  taken: boolean;
  readonly waiting: Waiter[];
}
interface Waiter {
  readonly exclusive: boolean;
  settle(granted: boolean): void;
}

export function createFenceLocks(world: World): FenceLocks {
  let locks = new Map<string, Lock>();

  function lockOf(engineId: string): Lock {
    const known = locks.get(engineId);
    if (known !== undefined) return known;
    const lock: Lock = { shares: 0, taken: false, waiting: [] };
    locks.set(engineId, lock);
    return lock;
  }

  const free = (lock: Lock, exclusive: boolean) => !lock.taken && !(exclusive && lock.shares > 0);

  function take(lock: Lock, exclusive: boolean): Release {
    if (exclusive) lock.taken = true;
    else lock.shares += 1;
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      if (exclusive) lock.taken = false;
      else lock.shares -= 1;
      for (const waiter of lock.waiting.filter((one) => free(lock, one.exclusive))) {
        if (free(lock, waiter.exclusive)) waiter.settle(true);
      }
    };
  }

  function wait(lock: Lock, exclusive: boolean, waitMs: number): Promise<Release | undefined> {
    return new Promise((resolve) => {
      const cancel = world.after(waitMs, () => waiter.settle(false));
      const waiter: Waiter = {
        exclusive,
        settle(granted) {
          cancel();
          lock.waiting.splice(lock.waiting.indexOf(waiter), 1);
          resolve(granted ? take(lock, exclusive) : undefined);
        },
      };
      lock.waiting.push(waiter);
    });
  }

  return {
    share(engineId, waitMs) {
      const lock = lockOf(engineId);
      return free(lock, false) ? take(lock, false) : wait(lock, false, waitMs);
    },
    async exclusive(engineId, waitMs) {
      const lock = lockOf(engineId);
      return free(lock, true) ? take(lock, true) : wait(lock, true, waitMs);
    },
    reset() {
      const old = locks;
      locks = new Map();
      for (const lock of old.values()) {
        for (const waiter of [...lock.waiting]) waiter.settle(false);
      }
    },
  };
}
