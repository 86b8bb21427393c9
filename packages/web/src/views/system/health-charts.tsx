import { MEASURES, type Measure, useMeasures } from '../../data/health.ts';
import { count, duration } from '../../logic/format.ts';
import { type Sample, sparkPath } from '../../logic/samples.ts';
import { SYSTEM_WORDS as words } from '../../words-system.ts';

const SIZE = { width: 240, height: 40 };

const SAID: Readonly<Record<Measure, (value: number) => string>> = {
  running: count,
  queued: count,
  backlog: count,
  latency: (ms) => (ms < 10 ? `${ms.toFixed(1)} ms` : duration(ms)),
};

/** What the server has measured of itself, as lines that grow. */
export function HealthCharts() {
  const measured = useMeasures();
  return (
    <section className="health-charts" aria-label={words.lately}>
      {MEASURES.map((name) => (
        <Chart key={name} name={name} samples={measured[name]} />
      ))}
    </section>
  );
}

function Chart({ name, samples }: { readonly name: Measure; readonly samples: readonly Sample[] }) {
  const last = samples.at(-1);
  if (last === undefined) return null;
  const said = SAID[name];
  const line = sparkPath(samples, SIZE);
  const most = said(Math.max(...samples.map(({ value }) => value)));
  return (
    <figure className="card health-chart">
      <figcaption>
        <span className="dim">{words.charts[name]}</span>
        <strong className="num">{said(last.value)}</strong>
      </figcaption>
      <svg
        viewBox={`0 0 ${SIZE.width} ${SIZE.height}`}
        preserveAspectRatio="none"
        aria-hidden="true"
      >
        {line !== '' && (
          <>
            <path className="spark-area" d={`${line}V${SIZE.height}H0Z`} />
            <path className="spark-line" d={line} />
          </>
        )}
      </svg>
      <span className="dim num spark-most">{words.most(most)}</span>
    </figure>
  );
}
