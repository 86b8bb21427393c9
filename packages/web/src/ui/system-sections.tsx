import { Link } from '@tanstack/react-router';
import { useMay } from '../data/scopes.ts';
import { SYSTEM_SECTIONS } from '../logic/system-sections.ts';
import { WORDS } from '../words.ts';

/** Leads from one part of the system to the others. */
export function SystemSections() {
  const may = useMay();
  const shown = SYSTEM_SECTIONS.filter(({ scope }) => scope === undefined || may(scope));
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
