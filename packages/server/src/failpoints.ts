import { armFailpoints, FAILPOINTS, type Failpoint } from '@tenuto/engine';
import type { FastifyBaseLogger } from 'fastify';

const ENDINGS = ['kill', 'hang', 'throw'] as const;

/** What is to happen to this process at a failpoint. */
export interface FailpointOrder {
  readonly point: Failpoint;
  /** At which passing, from 1. */
  readonly nth: number;
  /** `hang`: as by SIGSTOP, until somebody sends SIGCONT. */
  readonly ending: (typeof ENDINGS)[number];
}

/**
 * Reads `name:nth:ending`, several separated by commas.
 * @throws RangeError that says what is wrong
 */
export function readFailpoints(text: string): readonly FailpointOrder[] {
  return text
    .split(/[\s,]+/)
    .filter(Boolean)
    .map(readOrder);
}

function readOrder(text: string): FailpointOrder {
  const [name, count = '', verb, ...rest] = text.split(':');
  const point = FAILPOINTS.find((known) => known === name);
  const ending = ENDINGS.find((known) => known === verb);
  const nth = Number(count);
  if (point === undefined) throw new RangeError(`has no failpoint "${name}"`);
  if (!/^\d+$/.test(count) || nth < 1 || ending === undefined || rest.length > 0) {
    throw new RangeError(`must read <name>:<nth>:${ENDINGS.join('|')}, not "${text}"`);
  }
  return { point, nth, ending };
}

/** What an ending does; a test passes in something gentler. */
export type Endings = Readonly<Record<'kill' | 'hang', () => void>>;

/** Lets this process fail as it was ordered to. */
export function obeyFailpoints(
  orders: readonly FailpointOrder[],
  logger: Pick<FastifyBaseLogger, 'warn'>,
  endings: Endings = PROCESS_ENDINGS,
): () => void {
  const passed = new Map<Failpoint, number>();
  return armFailpoints((point) => {
    const nth = (passed.get(point) ?? 0) + 1;
    passed.set(point, nth);
    const order = orders.find((one) => one.point === point && one.nth === nth);
    if (order === undefined) return;
    logger.warn({ failpoint: point, nth, ending: order.ending }, 'a failpoint is reached');
    if (order.ending === 'throw') throw new Error(`failpoint ${point}`);
    endings[order.ending]();
  });
}

/** A signal to oneself may come a moment later: nothing goes on meanwhile. */
const STOP_WITHIN_MS = 100;

const PROCESS_ENDINGS: Endings = {
  kill() {
    process.kill(process.pid, 'SIGKILL');
    block(Number.POSITIVE_INFINITY);
  },
  hang() {
    process.kill(process.pid, 'SIGSTOP');
    block(STOP_WITHIN_MS);
  },
};

function block(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
