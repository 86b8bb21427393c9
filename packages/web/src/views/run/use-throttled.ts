import { useEffect, useState } from 'react';
import { type Throttled, throttle } from '../../data/clock.ts';

/** A value that changes at most once in so many milliseconds: the last one is always shown in the end. */
export function useThrottled<T>(value: T, ms: number): T {
  const [shown, setShown] = useState(value);
  const [gate] = useState(() => gateOf<T>(ms));
  useEffect(() => gate.take(value, setShown), [gate, value]);
  useEffect(() => () => gate.stop(), [gate]);
  return shown;
}

function gateOf<T>(ms: number) {
  let latest: { readonly value: T; readonly put: (value: T) => void } | undefined;
  const gate: Throttled = throttle(ms, () => latest?.put(latest.value));
  return {
    take(value: T, put: (value: T) => void): void {
      latest = { value, put };
      gate.ask();
    },
    stop: () => gate.stop(),
  };
}
