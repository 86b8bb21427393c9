import { NativeSelect } from '@mantine/core';
import { Link, useLocation, useNavigate } from '@tanstack/react-router';
import { useMay } from '../data/scopes.ts';
import { SYSTEM_SECTIONS } from '../logic/system-sections.ts';
import { WORDS } from '../words.ts';
import { useIsNarrow } from './narrow.ts';

/** Leads from one part of the system to the others; a narrow screen has no room for all of them. */
export function SystemSections() {
  const may = useMay();
  const isNarrow = useIsNarrow();
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const shown = SYSTEM_SECTIONS.filter(({ scope }) => scope === undefined || may(scope));
  if (isNarrow) {
    return (
      <nav aria-label={WORDS.sections.label}>
        <NativeSelect
          aria-label={WORDS.sections.label}
          size="md"
          data={shown.map(({ to, word }) => ({ value: to, label: word }))}
          value={pathname}
          onChange={(event) => void navigate({ to: event.currentTarget.value })}
        />
      </nav>
    );
  }
  return (
    <nav className="sections" aria-label={WORDS.sections.label}>
      {shown.map(({ to, word }) => (
        <Link key={to} to={to} activeOptions={{ exact: true, includeSearch: false }}>
          {word}
        </Link>
      ))}
    </nav>
  );
}
