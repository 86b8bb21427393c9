import { type Batch, type FlushResult, type Lane, StoreFault } from '@tenuto/engine';
import { applyFlush, type FlushAnswer, type LaneKey, resolveCopy, writeAudits } from './flush.ts';
import type { Link } from './link.ts';
import { at, type ModelOptions } from './store-call.ts';
import type { Tables } from './tables.ts';

/** The journal's way into the model. */
export function createLane(
  tables: Tables,
  link: Link,
  { key, options }: { readonly key: LaneKey; readonly options: ModelOptions },
): Lane {
  const { rules, refuses, twin } = options;
  let closed = false;
  return {
    async flush(batch) {
      if (closed) throw new StoreFault('unavailable', 'The lane is closed.');
      const early: FlushResult = { outcome: 'committed', duplicates: [], refused: [] };
      const request = {
        verb: 'flush',
        fence: key.engineId,
        batch,
        lane: key,
        ...(!rules.commitsBeforeAnswer && { tooEarly: early }),
      };
      const reply = link.call(request, () => {
        if (refuses?.(batch) === true) throw new StoreFault('rejected', 'invalid byte sequence');
        return flushOnce(tables, key, batch, options);
      });
      reply.catch(() => undefined);
      at('flush-sent');
      const result = await reply;
      if (result.copy === true && twin === undefined) {
        return link.call({ verb: 'resend' }, () => resolveCopy(tables, batch, { ...key, rules }));
      }
      if (!rules.auditIsAtomic && result.outcome === 'committed') {
        const apart = () => writeAudits(tables, batch, result.duplicates);
        await link.call({ verb: 'audit' }, apart).catch(() => undefined);
      }
      return result;
    },
    async close() {
      closed = true;
    },
  };
}

/** What a copy of a batch did is asked for by a statement of its own, except beside PostgreSQL. */
function flushOnce(
  tables: Tables,
  key: LaneKey,
  batch: Batch,
  { rules, now, twin }: ModelOptions,
): FlushAnswer | Promise<FlushAnswer> {
  const once = () => applyFlush(tables, key, batch, { rules, now: now() });
  if (twin === undefined) return once();
  let copy = false;
  const whole = (): FlushAnswer => {
    const { copy: again = false, ...answer } = once();
    copy = again;
    return again ? resolveCopy(tables, batch, { ...key, rules }) : answer;
  };
  const asked = twin.alike<FlushAnswer>('flush', whole, async (real) =>
    (await real.lane(key)).flush(batch),
  );
  return asked.then((answer) => (copy ? { ...answer, copy } : answer));
}
