import type { InlineRetryPolicy } from '@tenuto/contract';
import { duration } from '../../logic/format.ts';
import { attemptsOf, attemptTimes, type DelayBand, delayBands } from '../../logic/retry-delays.ts';
import { POLICY_WORDS as words } from '../../words-policies.ts';

/**
 * When each attempt may begin, from the first one on, were attempts to take no time. Its bar reaches
 * from the earliest moment to the latest: that is what jitter makes of a delay.
 */
export function DelayPicture({ policy }: { readonly policy: InlineRetryPolicy }) {
  const bands = delayBands(policy);
  const times = attemptTimes(bands);
  const last = times.at(-1);
  if (last === undefined) return <p className="dim">{words.noRetry}</p>;
  const said = words.pictureText(attemptsOf(policy), duration(last.least), duration(last.most));
  return (
    <figure className="delays">
      <ol>
        <Row time={{ attempt: 1, least: 0, most: 0 }} most={last.most} />
        {times.map((time, index) => (
          <Row key={time.attempt} time={time} most={last.most} wait={bands[index]} />
        ))}
      </ol>
      <figcaption className="dim">{said}</figcaption>
    </figure>
  );
}

interface RowProps {
  readonly time: DelayBand;
  /** When the last attempt begins at the latest. */
  readonly most: number;
  readonly wait?: DelayBand | undefined;
}

function Row({ time, most, wait }: RowProps) {
  const share = (ms: number) => (most === 0 ? 0 : (ms / most) * 100);
  const left = share(time.least);
  return (
    <li>
      <span>{words.attempt(time.attempt)}</span>
      <span className="delay-track" aria-hidden="true">
        <span style={{ left: `${left}%`, width: `${share(time.most) - left}%` }} />
      </span>
      <span className="dim num">
        {wait !== undefined && words.after(duration(wait.least), duration(wait.most))}
      </span>
    </li>
  );
}

/** The same in one line, for lists: a dot for each attempt that is certain, a bar where jitter spreads. */
export function DelayLine({ policy }: { readonly policy: InlineRetryPolicy }) {
  const times = attemptTimes(delayBands(policy));
  const most = times.at(-1)?.most ?? 0;
  const [width, height] = [140, 12];
  const at = (ms: number) => 4 + (most === 0 ? 0 : (ms / most) * (width - 8));
  return (
    <svg className="delay-line" viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
      <line className="delay-way" x1="4" x2={width - 4} y1={height / 2} y2={height / 2} />
      <circle className="delay-mark" cx="4" cy={height / 2} r="3" />
      {times.map(({ attempt, least, most: late }) => (
        <rect
          key={attempt}
          className="delay-band"
          x={at(least) - 3}
          y={height / 2 - 3}
          width={at(late) - at(least) + 6}
          height="6"
          rx="3"
        />
      ))}
    </svg>
  );
}
