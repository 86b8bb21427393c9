import type { Batch } from '@tenuto/engine';
import type { Dice } from '../dice.ts';
import type { FaultMix } from './mix.ts';

/** What becomes of one call to the database. Times in milliseconds. */
export interface CallFate {
  readonly kind: 'served' | 'unheard' | 'unanswered' | 'late';
  readonly thereMs: number;
  readonly backMs: number;
  /** How long a commit holds its locks. */
  readonly commitMs: number;
}

export type WriteTrouble = 'disk full' | 'read-only';

export interface CallFaults {
  next(): CallFate;
  /**
   * Whether the database refuses the batch, and then each copy of it: a run in it is poisoned, until
   * it was alone in one.
   */
  refuses(batch: Batch): boolean;
  /** For a while writes fail: all of them, or those that need room on the disk. */
  refuseWrites(trouble: WriteTrouble | undefined): void;
  /** Why the database does not write now, if it does not. */
  writeFault(): string | undefined;
  /** Nothing goes wrong any more. */
  heal(): void;
  readonly injected: number;
}

/** The longest that a statement of a broken connection goes on in the database. */
const LATE_MS = 3_000;
const POISON_CHANCE = 0.02;
/** What finds room on pages that are there already succeeds on a full disk. */
const NEEDS_ROOM = 0.9;

export function createCallFaults(dice: Dice, mix: FaultMix): CallFaults {
  let healed = false;
  let injected = 0;
  let trouble: WriteTrouble | undefined;
  let poisons = mix.poisons;
  const poisoned = new Set<string>();
  const verdicts = new WeakMap<Batch, boolean>();

  function draw(): CallFate['kind'] {
    const point = dice.next();
    const { unheard, unanswered, late } = mix;
    if (point < unheard) return 'unheard';
    if (point < unheard + unanswered) return 'unanswered';
    return point < unheard + unanswered + late ? 'late' : 'served';
  }

  return {
    next() {
      const usual = () => dice.between(0.05, mix.latencyMs);
      if (healed) {
        return { kind: 'served', thereMs: usual(), backMs: usual(), commitMs: usual() };
      }
      const slow = () => (dice.chance(mix.slow) ? dice.between(0, mix.slowMs) : usual());
      const kind = draw();
      if (kind !== 'served') injected += 1;
      const thereMs = kind === 'late' ? dice.between(0, LATE_MS) : slow();
      return { kind, thereMs, backMs: slow(), commitMs: usual() };
    },
    refuses(batch) {
      const known = verdicts.get(batch);
      if (known !== undefined) return known;
      const runs = runsOf(batch);
      if (runs.size > 0 && poisons > 0 && dice.chance(POISON_CHANCE)) {
        poisons -= 1;
        injected += 1;
        poisoned.add(dice.pick([...runs]));
      }
      const bad = [...runs].some((runId) => poisoned.has(runId));
      if (bad && runs.size === 1) poisoned.clear();
      verdicts.set(batch, bad);
      return bad;
    },
    refuseWrites(next) {
      trouble = next;
    },
    writeFault() {
      if (trouble === undefined || healed) return undefined;
      if (trouble === 'disk full' && !dice.chance(NEEDS_ROOM)) return undefined;
      injected += 1;
      return trouble === 'disk full' ? '53100: no space left on device' : '25006: read-only';
    },
    heal() {
      healed = true;
      poisons = 0;
      poisoned.clear();
    },
    get injected() {
      return injected;
    },
  };
}

function runsOf(batch: Batch): Set<string> {
  const { submits, attempts, events, started, updates, consumed } = batch;
  const rows = [submits, attempts, events, started, updates, consumed].flat();
  return new Set(rows.map((row) => row.runId.text));
}
