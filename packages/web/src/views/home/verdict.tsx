import { Link } from '@tanstack/react-router';
import { now } from '../../data/clock.ts';
import { SUMMARY, useHome } from '../../data/home.ts';
import { lastHours } from '../../logic/bars.ts';
import { count, percent } from '../../logic/format.ts';
import { StatusMark } from '../../ui/status.tsx';
import { HOME_WORDS as words } from '../../words-home.ts';

const HOURS = 24;

/** Is anything wrong: the one sentence at the top. */
export function Verdict() {
  const { data } = useHome();
  if (data === undefined) return <div className="home-verdict" />;
  const { health, stats } = data;
  const troubles = Object.entries(health.checks).filter(([, { status }]) => status !== 'ok');
  if (troubles.length > 0) {
    const detail = troubles.map(([name, { detail: said }]) => `${name}: ${said ?? ''}`).join(' · ');
    return <Sentence tone="red" title={words.unwell} detail={detail} to="/system" />;
  }
  if (stats === null) return <Sentence tone="green" title={words.well} detail="" />;
  const { completed, failed, runs } = lastHours(stats, {
    hours: Math.min(HOURS, SUMMARY.hours),
    now: now(),
  });
  if (failed > 0) {
    const rate = percent(failed / Math.max(1, completed + failed));
    const detail = words.wrongDetail(rate, count(completed + failed));
    return <Sentence tone="red" title={words.wrong(failed)} detail={detail} to="/runs" />;
  }
  const detail = runs > 0 ? words.wellDetail(count(runs)) : words.quietDetail;
  return <Sentence tone="green" title={words.well} detail={detail} />;
}

interface SentenceProps {
  readonly tone: 'red' | 'green';
  readonly title: string;
  readonly detail: string;
  readonly to?: '/runs' | '/system';
}

function Sentence({ tone, title, detail, to }: SentenceProps) {
  const search = to === '/runs' ? { status: 'failed,timeout,aborted', since: '24h' } : {};
  return (
    <div className="home-verdict">
      <StatusMark status={tone === 'red' ? 'failed' : 'completed'} bare />
      <strong>{title}</strong>
      <span className="dim">{detail}</span>
      {to !== undefined && (
        <Link to={to} search={search}>
          {words.seeAll}
        </Link>
      )}
    </div>
  );
}
