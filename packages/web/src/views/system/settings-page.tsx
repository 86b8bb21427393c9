import { Button, SegmentedControl, useMantineColorScheme } from '@mantine/core';
import type { ReactNode } from 'react';
import { prefer, usePreferences } from '../../data/preferences.ts';
import { useMay } from '../../data/scopes.ts';
import { sessionOf, sessionStore } from '../../data/session.ts';
import { useStore } from '../../data/store.ts';
import { Page } from '../../ui/page.tsx';
import { SystemSections } from '../../ui/system-sections.tsx';
import { Exact } from '../../ui/time.tsx';
import { useSignOut } from '../../ui/unsaved.tsx';
import { WORDS } from '../../words.ts';
import { SETTINGS_WORDS as words } from '../../words-settings.ts';
import { ServerSettings } from './server-settings.tsx';
import './system.css';
import './settings.css';

/** How the console looks, who one is, and how the server was started. */
export function SettingsPage() {
  const may = useMay();
  return (
    <Page title={words.title}>
      <SystemSections />
      <div className="own-settings">
        <Appearance />
        <SessionCard />
        <Keys />
      </div>
      {may('admin') && <ServerSettings />}
    </Page>
  );
}

interface CardProps {
  readonly title: string;
  readonly className?: string;
  readonly children: ReactNode;
}

function Card({ title, className = '', children }: CardProps) {
  return (
    <section className={`card ${className}`} aria-label={title}>
      <header>
        <h2>{title}</h2>
      </header>
      <div className="card-body stack">{children}</div>
    </section>
  );
}

const SCHEMES = ['light', 'dark', 'auto'] as const;
const DENSITIES = ['compact', 'roomy'] as const;
const TIMES = ['relative', 'exact'] as const;

function Appearance() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const { density, times } = usePreferences();
  const { theme } = WORDS.shell;
  return (
    <Card title={words.appearance}>
      <Choice
        label={words.theme}
        value={colorScheme}
        choices={SCHEMES.map((value) => ({ value, label: theme[value] }))}
        choose={setColorScheme}
      />
      <Choice
        label={words.density}
        value={density}
        choices={DENSITIES.map((value) => ({ value, label: words.densities[value] }))}
        choose={(value) => prefer({ density: value })}
      />
      <Choice
        label={words.times}
        value={times}
        choices={TIMES.map((value) => ({ value, label: words.timesOf[value] }))}
        choose={(value) => prefer({ times: value })}
      />
      <p className="dim">{words.appearanceText}</p>
    </Card>
  );
}

interface ChoiceProps<T extends string> {
  readonly label: string;
  readonly value: T;
  readonly choices: readonly { readonly value: T; readonly label: string }[];
  readonly choose: (value: T) => void;
}

function Choice<T extends string>({ label, value, choices, choose }: ChoiceProps<T>) {
  return (
    <div className="choice">
      <span className="dim">{label}</span>
      <SegmentedControl<T> aria-label={label} data={[...choices]} value={value} onChange={choose} />
    </div>
  );
}

function SessionCard() {
  const session = sessionOf(useStore(sessionStore));
  const signOut = useSignOut();
  if (session === undefined) return null;
  const { principal, expires_at: until, scopes } = session;
  return (
    <Card title={words.session}>
      <dl className="facts">
        <div>
          <dt>{words.principal}</dt>
          <dd>{principal}</dd>
        </div>
        <div>
          <dt>{words.expires}</dt>
          <dd>
            <Exact at={until} />
          </dd>
        </div>
      </dl>
      <div>
        <p className="dim">{words.scopes}</p>
        <p className="own-scopes">
          {scopes.map((scope) => (
            <code key={scope} className="tag">
              {scope}
            </code>
          ))}
        </p>
      </div>
      <Button variant="default" className="load-more" onClick={signOut.ask}>
        {words.signOut}
      </Button>
      {signOut.dialog}
    </Card>
  );
}

function Keys() {
  return (
    <Card title={words.keys} className="keys-card">
      <dl className="keys">
        {WORDS.keys.list.flatMap(([keys, what]) => [
          <dt key={`${keys} keys`}>
            <span className="kbd">{keys}</span>
          </dt>,
          <dd key={keys}>{what}</dd>,
        ])}
      </dl>
    </Card>
  );
}
