import { useEffect, useState } from 'react';
import { every, now } from '../data/clock.ts';
import { usePreferences } from '../data/preferences.ts';
import { duration, exact, relative } from '../logic/format.ts';

const SECOND_MS = 1_000;
const MINUTE_S = 60;

/** The time, which goes on; all that ask for the same step change together. */
export function useNow(stepMs: number = SECOND_MS): number {
  const [time, setTime] = useState(now);
  useEffect(() => every(stepMs, () => setTime(now())), [stepMs]);
  return time;
}

/** A time as it lies from now, with the exact one in its title; or that one, for who likes it better. */
export function When({ at }: { readonly at: string | null }) {
  const time = useNow();
  const { times } = usePreferences();
  if (at === null) return <span className="dim no-value">–</span>;
  const ms = Date.parse(at);
  return (
    <time dateTime={at} title={exact(ms)} className="num">
      {times === 'exact' ? exact(ms) : relative(ms, time)}
    </time>
  );
}

/** A time of the reader's zone, to the second. */
export function Exact({ at }: { readonly at: string | null }) {
  if (at === null) return <span className="dim no-value">–</span>;
  return (
    <time dateTime={at} className="num">
      {exact(Date.parse(at))}
    </time>
  );
}

interface TookProps {
  readonly from: string | null;
  /** Null while it goes on. */
  readonly to: string | null;
}

/** How long something took, or has been taking. */
export function Took({ from, to }: TookProps) {
  if (from === null) return <span className="dim no-value">–</span>;
  return to === null ? (
    <Running from={Date.parse(from)} />
  ) : (
    <span className="num">{duration(Date.parse(to) - Date.parse(from))}</span>
  );
}

function Running({ from }: { readonly from: number }) {
  const seconds = Math.max(0, Math.floor((useNow() - from) / SECOND_MS));
  // Tenths of a second would only flicker while it goes on.
  return (
    <span className="num">
      {seconds < MINUTE_S ? `${seconds} s` : duration(seconds * SECOND_MS)}
    </span>
  );
}
