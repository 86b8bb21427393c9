import { Link } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { useMay } from '../data/scopes.ts';
import { SYSTEM_SECTIONS } from '../logic/system-sections.ts';
import { WORDS } from '../words.ts';

/** Leads from one part of the system to the others. */
export function SystemSections() {
  const may = useMay();
  const nav = useRef<HTMLElement>(null);
  // On a narrow screen the one that is shown may lie beyond the edge.
  useEffect(() => {
    const current = nav.current?.querySelector('[aria-current="page"]');
    current?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }, []);
  const shown = SYSTEM_SECTIONS.filter(({ scope }) => scope === undefined || may(scope));
  return (
    <nav ref={nav} className="sections" aria-label={WORDS.sections.label}>
      {shown.map(({ to, word }) => (
        <Link key={to} to={to} activeOptions={{ exact: true, includeSearch: false }}>
          {word}
        </Link>
      ))}
    </nav>
  );
}
