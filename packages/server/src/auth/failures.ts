import type { Clock } from '@tenuto/engine';

interface FailureOptions {
  readonly clock: Pick<Clock, 'mono'>;
  /** Failed authentications a minute from one address; what comes then is not looked at. */
  readonly most: number;
}

const WINDOW_MS = 60_000;
/** Addresses and credentials remembered at once; the oldest make room. */
const REMEMBERED = 10_000;
/** Credentials that have been good this recently are looked at all the same. */
const TRUST_MS = 600_000;

export interface Failures {
  /**
   * Milliseconds for which credentials from an address are refused unread; 0 when they are read.
   * Who has come in lately is not shut out by a neighbour behind the same address.
   * @param key a hash of the credentials
   */
  waitMs(address: string, key: string): number;
  failed(address: string): void;
  passed(key: string): void;
}

/** Counts failed authentications by address, in this server alone. */
export function createFailures({ clock, most }: FailureOptions): Failures {
  const windows = new Map<string, { count: number; readonly until: number }>();
  const good = new Map<string, number>();
  return {
    waitMs(address, key) {
      const window = windows.get(address);
      if (window === undefined || window.count < most) return 0;
      if ((good.get(key) ?? 0) > clock.mono()) return 0;
      return Math.max(0, window.until - clock.mono());
    },
    failed(address) {
      const window = windows.get(address);
      if (window !== undefined && window.until > clock.mono()) window.count += 1;
      else renew(windows, address, { count: 1, until: clock.mono() + WINDOW_MS });
    },
    passed: (key) => renew(good, key, clock.mono() + TRUST_MS),
  };
}

/** Puts an entry at the end, where the newest stand, and lets the oldest go. */
function renew<Value>(entries: Map<string, Value>, key: string, value: Value): void {
  entries.delete(key);
  entries.set(key, value);
  if (entries.size <= REMEMBERED) return;
  for (const oldest of entries.keys()) {
    entries.delete(oldest);
    return;
  }
}
