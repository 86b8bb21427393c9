import type { Test } from '@tenuto/contract';
import { sparkPoints } from '../../logic/test-results.ts';
import { TEST_WORDS as words } from '../../words-test.ts';

const SIZE = { width: 88, height: 16 } as const;
const MARGIN = 3;

/** How long a test took in its last results, oldest first; failures are marked. */
export function Sparkline({ test: { name, recent } }: { readonly test: Test }) {
  if (recent.length < 2) return <span className="dim">–</span>;
  const points = sparkPoints(recent, SIZE);
  const bad = recent.toReversed().map(({ status }) => status !== 'passed');
  return (
    <svg
      className="spark"
      width={SIZE.width + 2 * MARGIN}
      height={SIZE.height + 2 * MARGIN}
      viewBox={`${-MARGIN} ${-MARGIN} ${SIZE.width + 2 * MARGIN} ${SIZE.height + 2 * MARGIN}`}
      role="img"
      aria-label={words.trendOf(name, recent.length)}
    >
      <polyline points={points.map(([x, y]) => `${x},${y}`).join(' ')} />
      {points.map(([x, y]) => bad.shift() && <circle key={x} cx={x} cy={y} r={2} />)}
    </svg>
  );
}
