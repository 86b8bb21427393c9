import { Menu } from '@mantine/core';
import { Link, useLocation } from '@tanstack/react-router';
import { useNeeds } from '../data/needs.ts';
import { Icon, type IconName } from '../ui/icons.tsx';
import { useIsNarrow } from '../ui/narrow.ts';
import { WORDS } from '../words.ts';

interface Place {
  readonly to: string;
  readonly icon: IconName;
  readonly word: string;
}

const PLACES: readonly Place[] = [
  { to: '/', icon: 'home', word: WORDS.nav.home },
  { to: '/runs', icon: 'runs', word: WORDS.nav.runs },
  { to: '/needs', icon: 'needs', word: WORDS.nav.needs },
  { to: '/tasks', icon: 'tasks', word: WORDS.nav.tasks },
  { to: '/events', icon: 'events', word: WORDS.nav.events },
  { to: '/tests', icon: 'tests', word: WORDS.nav.tests },
  { to: '/templates', icon: 'templates', word: WORDS.nav.templates },
  { to: '/profiles', icon: 'profiles', word: WORDS.nav.profiles },
  { to: '/agents', icon: 'agents', word: WORDS.nav.agents },
  { to: '/system', icon: 'system', word: WORDS.nav.system },
];

/** So many fit at the bottom of a narrow screen; the others are behind one more. */
const NARROW_PLACES = 4;

/** Where one can go; on a narrow screen it lies at the bottom. */
export function Rail() {
  const narrow = useIsNarrow();
  const shown = narrow ? PLACES.slice(0, NARROW_PLACES) : PLACES;
  return (
    <nav className="rail" aria-label={WORDS.nav.label}>
      <span className="rail-mark">
        <img src="/favicon.svg" alt="" />
      </span>
      {shown.map((place) => (
        <RailLink key={place.to} place={place} />
      ))}
      {narrow && <More places={PLACES.slice(NARROW_PLACES)} />}
    </nav>
  );
}

function RailLink({ place: { to, icon, word } }: { readonly place: Place }) {
  return (
    <Link to={to} activeOptions={{ exact: to === '/', includeSearch: false }}>
      <Icon name={icon} />
      {word}
      {to === '/needs' && <NeedsCount />}
    </Link>
  );
}

/** What has more digits would lie over the icon. */
const MOST = 99;

function NeedsCount() {
  const { data } = useNeeds();
  const mine = data?.mine ?? 0;
  return mine > 0 ? <span className="rail-count">{mine > MOST ? `${MOST}+` : mine}</span> : null;
}

function More({ places }: { readonly places: readonly Place[] }) {
  const { pathname } = useLocation();
  const isHere = places.some(({ to }) => pathname === to || pathname.startsWith(`${to}/`));
  return (
    <Menu position="top-end">
      <Menu.Target>
        <button type="button" className="rail-more" data-here={isHere}>
          <Icon name="more" />
          {WORDS.nav.more}
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {places.map(({ to, icon, word }) => (
          <Menu.Item key={to} component={Link} to={to} leftSection={<Icon name={icon} />}>
            {word}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
