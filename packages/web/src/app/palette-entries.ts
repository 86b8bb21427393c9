import type { RunStatus } from '@tenuto/contract';
import type { Named } from '../data/things-named.ts';
import { SYSTEM_SECTIONS } from '../logic/system-sections.ts';
import { WORDS } from '../words.ts';
import { RUN_WORDS } from '../words-run.ts';

/** One thing that the palette leads to. */
export interface Entry {
  readonly key: string;
  readonly to: string;
  readonly search?: Readonly<Record<string, string>>;
  readonly label: string;
  readonly hint: string;
  readonly status?: RunStatus;
}

const page = (to: string, label: string, search?: Entry['search']): Entry => ({
  ...{ key: label + to, to, label, hint: WORDS.palette.pages },
  ...(search !== undefined && { search }),
});

const PAGES: readonly Entry[] = [
  page('/', WORDS.nav.home),
  page('/runs', RUN_WORDS.list.title),
  page('/runs', `${RUN_WORDS.list.title}: ${WORDS.status.failed}`, { status: 'failed,timeout' }),
  page('/runs', `${RUN_WORDS.list.title}: ${WORDS.status.running}`, { status: 'running' }),
  page('/submit', WORDS.palette.submit),
  page('/needs', WORDS.nav.needs),
  page('/tasks', WORDS.nav.tasks),
  page('/events', WORDS.nav.events),
  page('/tests', WORDS.nav.tests),
  page('/templates', WORDS.nav.templates),
  page('/profiles', WORDS.nav.profiles),
  page('/agents', WORDS.palette.agents),
  page('/system', WORDS.nav.system),
  ...SYSTEM_SECTIONS.map(({ to, word }) => page(to, word)),
];

/** Pages whose words begin with what was typed. */
export function pageEntries(text: string): readonly Entry[] {
  const wanted = text.toLowerCase();
  return PAGES.filter(({ label }) =>
    label
      .toLowerCase()
      .split(/[\s:]+/)
      .concat(label.toLowerCase())
      .some((word) => word.startsWith(wanted)),
  );
}

const ROOTS: Readonly<Record<Named['kind'], string>> = {
  task: '/tasks',
  template: '/templates',
  profile: '/profiles',
};

export function thingEntry({ kind, id, name }: Named): Entry {
  const to = `${ROOTS[kind]}/${encodeURIComponent(id)}`;
  return { key: to, to, label: name, hint: WORDS.palette.kinds[kind] };
}

/** What was typed, when it is a whole id. */
export function runId(text: string): string | undefined {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text) ? text.toLowerCase() : undefined;
}
