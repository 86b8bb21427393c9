import type { Clock } from '@tenuto/engine';
import type { RedisConnection } from '../bus/redis-connection.ts';
import type { Counted, Counters } from './counters.ts';

interface SharedOptions {
  readonly redis: Pick<RedisConnection, 'client' | 'ready'>;
  /** What counts while Redis is away: each server then limits for itself. */
  readonly local: Counters;
  readonly clock: Clock;
}

/** A request waits no longer for a number. */
const PATIENCE_MS = 250;
const PREFIX = 'tenuto:limit:';
/** A key without an end would count for ever, so that is mended, too. */
const SCRIPT = `
local current = redis.call('INCRBY', KEYS[1], ARGV[2])
local ttl = redis.call('PTTL', KEYS[1])
if ttl < 0 then
  redis.call('PEXPIRE', KEYS[1], ARGV[1])
  ttl = tonumber(ARGV[1])
end
return {current, ttl}`;

/** Counters that all servers of one Redis share. */
export function sharedCounters({ redis, local, clock }: SharedOptions): Counters {
  return {
    async add(key, windowMs, by = 1) {
      if (!redis.ready()) return local.add(key, windowMs, by);
      const asked = redis.client
        .call('EVAL', SCRIPT, 1, PREFIX + key, Math.ceil(windowMs), by)
        .then(countedOf, () => undefined);
      return (await patiently(asked, clock)) ?? local.add(key, windowMs, by);
    },
  };
}

function countedOf(answer: unknown): Counted | undefined {
  if (!Array.isArray(answer)) return undefined;
  const [current, ttl] = answer.map(Number);
  return current === undefined || ttl === undefined ? undefined : { current, ttl };
}

function patiently<T>(asked: Promise<T>, clock: Clock): Promise<T | undefined> {
  return new Promise((resolve) => {
    const cancel = clock.after(PATIENCE_MS, () => resolve(undefined));
    void asked.then((answer) => {
      cancel();
      resolve(answer);
    });
  });
}
