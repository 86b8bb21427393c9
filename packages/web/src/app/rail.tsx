import { Link } from '@tanstack/react-router';
import { useOpenApprovals } from '../data/approvals.ts';
import { useOpenInterventions } from '../data/interventions.ts';
import { Icon, type IconName } from '../ui/icons.tsx';
import { WORDS } from '../words.ts';

const PLACES = [
  { to: '/', icon: 'home', word: WORDS.nav.home },
  { to: '/runs', icon: 'runs', word: WORDS.nav.runs },
  { to: '/needs', icon: 'needs', word: WORDS.nav.needs },
  { to: '/tasks', icon: 'tasks', word: WORDS.nav.tasks },
  { to: '/events', icon: 'events', word: WORDS.nav.events },
  { to: '/system', icon: 'system', word: WORDS.nav.system },
] as const satisfies readonly { to: string; icon: IconName; word: string }[];

/** Where one can go; on a narrow screen it lies at the bottom. */
export function Rail() {
  const { data } = useOpenInterventions();
  const { data: approvals } = useOpenApprovals();
  const needs = (data?.total ?? 0) + (approvals?.mineTotal ?? 0);
  return (
    <nav className="rail" aria-label={WORDS.nav.label}>
      <span className="rail-mark">
        <img src="/favicon.svg" alt="" />
      </span>
      {PLACES.map(({ to, icon, word }) => (
        <Link key={to} to={to} activeOptions={{ exact: to === '/', includeSearch: false }}>
          <Icon name={icon} />
          {word}
          {to === '/needs' && needs > 0 && <span className="rail-count">{needs}</span>}
        </Link>
      ))}
    </nav>
  );
}
