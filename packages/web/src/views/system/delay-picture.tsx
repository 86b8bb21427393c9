import type { InlineRetryPolicy } from '@tenuto/contract';
import { duration } from '../../logic/format.ts';
import { attemptsOf, attemptTimes, type DelayBand, delayBands } from '../../logic/retry-delays.ts';
import { POLICY_WORDS as words } from '../../words-policies.ts';

const WIDTH = 400;
const EDGE = 8;
const ROW = 18;
const MARK = 4;

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
      <svg viewBox={`0 0 ${WIDTH} ${(times.length + 1) * ROW}`} role="img" aria-label={said}>
        <First />
        {times.map((time, index) => (
          <Bar key={time.attempt} time={time} row={index + 1} most={last.most} />
        ))}
      </svg>
      <ol className="delay-words">
        <li>{words.attempt(1)}</li>
        {bands.map((band) => (
          <li key={band.attempt}>
            {words.attempt(band.attempt)}{' '}
            <span className="dim">{words.after(duration(band.least), duration(band.most))}</span>
          </li>
        ))}
      </ol>
      <figcaption className="dim">{said}</figcaption>
    </figure>
  );
}

function First() {
  return <circle className="delay-mark" cx={EDGE} cy={ROW / 2} r={MARK} />;
}

interface BarProps {
  readonly time: DelayBand;
  readonly row: number;
  readonly most: number;
}

function Bar({ time, row, most }: BarProps) {
  const at = (ms: number) => EDGE + (most === 0 ? 0 : (ms / most) * (WIDTH - 2 * EDGE));
  const y = row * ROW + ROW / 2;
  const [from, to] = [at(time.least), at(time.most)];
  return (
    <>
      <line className="delay-way" x1={EDGE} x2={from} y1={y} y2={y} />
      <rect
        className="delay-band"
        x={from - MARK}
        y={y - MARK}
        width={to - from + 2 * MARK}
        height={2 * MARK}
        rx={MARK}
      />
    </>
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
