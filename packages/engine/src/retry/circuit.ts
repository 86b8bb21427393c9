import type { CircuitState } from '@tenuto/contract';

/**
 * Circuit breakers (Nygard, "Release It!", 5.2): after failures enough, nobody asks for a while;
 * then one asks at a time, until it is clear that the target is well again.
 *
 *   closed --failures--> open --after a while--> half_open --successes--> closed
 *                         ^                          |
 *                         +--------- a failure ------+
 */
export interface CircuitSettings {
  /** Failures in a row that open the circuit. */
  readonly failureThreshold: number;
  /** Successes in a row that close it again. */
  readonly successThreshold: number;
  /** How long it stays open, in milliseconds. */
  readonly timeoutMs: number;
  /** Opens at this share of failures (0..1) in the window, too; absent, the window is not looked at. */
  readonly failureRate?: number;
  readonly windowMs: number;
  /** With fewer calls in the window, its share of failures says nothing. */
  readonly minimumCalls: number;
}

/** A circuit as it is shared; times in milliseconds since the epoch. */
export interface Circuit {
  readonly state: CircuitState;
  /** Failures in a row while it is closed, successes in a row while it is half open. */
  readonly failures: number;
  readonly successes: number;
  /** Until when it is open; then it may be half open. */
  readonly openUntil: number | undefined;
  /** Calls of the window in a few slices, oldest first. */
  readonly slices: readonly Slice[];
}

interface Slice {
  readonly from: number;
  readonly calls: number;
  readonly failures: number;
}

export const CLOSED: Circuit = {
  state: 'closed',
  failures: 0,
  successes: 0,
  openUntil: undefined,
  slices: [],
};

/** A window is forgotten a tenth at a time. */
const SLICES = 10;

/**
 * What a call that has ended does to the circuit. Calls that began while it was closed and end when
 * it is not any more say nothing about the target as it is now.
 *
 * @param probe whether the call was let through to try the target
 */
export function recordCall(
  circuit: Circuit,
  settings: CircuitSettings,
  call: { readonly ok: boolean; readonly at: number; readonly probe: boolean },
): Circuit {
  if (circuit.state === 'closed')
    return call.probe ? circuit : recordClosed(circuit, settings, call);
  if (circuit.state === 'open' || !call.probe) return circuit;
  if (!call.ok) return opened(call.at + settings.timeoutMs);
  const successes = circuit.successes + 1;
  return successes >= settings.successThreshold ? CLOSED : { ...circuit, successes };
}

function recordClosed(
  circuit: Circuit,
  settings: CircuitSettings,
  { ok, at }: { readonly ok: boolean; readonly at: number },
): Circuit {
  const failures = ok ? 0 : circuit.failures + 1;
  const slices =
    settings.failureRate === undefined ? [] : added(circuit.slices, settings, { ok, at });
  if (failures >= settings.failureThreshold || exceeds(slices, settings)) {
    return opened(at + settings.timeoutMs);
  }
  return { ...circuit, failures, slices };
}

/** An open circuit, for as long as it says. */
export function opened(openUntil: number): Circuit {
  return { ...CLOSED, state: 'open', openUntil };
}

/** Whether an open circuit may be tried. A clock that goes back makes it wait no longer than it did. */
export function mayProbe({ state, openUntil = 0 }: Circuit, now: number): boolean {
  return state === 'half_open' || (state === 'open' && now >= openUntil);
}

function added(
  slices: readonly Slice[],
  { windowMs }: CircuitSettings,
  { ok, at }: { readonly ok: boolean; readonly at: number },
): readonly Slice[] {
  const kept = slices.filter(({ from }) => from > at - windowMs);
  const last = kept.at(-1);
  const failed = ok ? 0 : 1;
  if (last !== undefined && at < last.from + windowMs / SLICES) {
    const grown = { ...last, calls: last.calls + 1, failures: last.failures + failed };
    return [...kept.slice(0, -1), grown];
  }
  return [...kept, { from: at, calls: 1, failures: failed }];
}

/** A share that is met opens the circuit, as one that is exceeded does. */
function exceeds(
  slices: readonly Slice[],
  { failureRate, minimumCalls }: CircuitSettings,
): boolean {
  if (failureRate === undefined) return false;
  const calls = slices.reduce((sum, slice) => sum + slice.calls, 0);
  const failures = slices.reduce((sum, slice) => sum + slice.failures, 0);
  return calls >= minimumCalls && failures > 0 && failures / calls >= failureRate;
}
