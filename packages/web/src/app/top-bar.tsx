import { Button, Menu, useMantineColorScheme } from '@mantine/core';
import { connection, type Reason } from '../data/connection.ts';
import { usePrincipal } from '../data/scopes.ts';
import { useStore } from '../data/store.ts';
import { duration } from '../logic/format.ts';
import { Icon } from '../ui/icons.tsx';
import { useNow } from '../ui/time.tsx';
import { useSignOut } from '../ui/unsaved.tsx';
import { WORDS } from '../words.ts';

interface Props {
  readonly openPalette: () => void;
  readonly openKeys: () => void;
}

/** What is the same on every page: search, whether the page is true, who one is. */
export function TopBar({ openPalette, openKeys }: Props) {
  return (
    <header className="bar">
      <button type="button" className="bar-search" onClick={openPalette}>
        <Icon name="search" />
        <span>{WORDS.shell.palette}</span>
        <span className="kbd">Ctrl K</span>
      </button>
      <span className="grow" />
      <Live />
      <Account openKeys={openKeys} />
    </header>
  );
}

function Live() {
  const state = useStore(connection);
  const away = state.kind === 'away';
  return (
    <span className="live" data-away={away} role="status">
      {away ? WORDS.shell.away : WORDS.shell.live}
    </span>
  );
}

/** Over every page while the server does not answer. */
export function AwayNotice() {
  const state = useStore(connection);
  return state.kind === 'away' ? <Away since={state.since} reason={state.reason} /> : null;
}

interface AwayProps {
  readonly since: number;
  readonly reason: Reason;
}

function Away({ since, reason }: AwayProps) {
  const seconds = Math.max(0, Math.floor((useNow() - since) / 1_000));
  const { shell } = WORDS;
  const why =
    reason !== 'silent'
      ? shell.notReady[reason]
      : navigator.onLine
        ? shell.awayFor(duration(seconds * 1_000))
        : shell.offline;
  return (
    <div className="away">
      <strong>{shell.away}</strong>
      <span>
        {why} {shell.before}
      </span>
      <span className="dim">{shell.retrying}</span>
    </div>
  );
}

const SCHEMES = ['light', 'dark', 'auto'] as const;

function Account({ openKeys }: { readonly openKeys: () => void }) {
  const name = usePrincipal();
  const signOut = useSignOut();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <>
      {signOut.dialog}
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="subtle" color="gray" aria-label={`${WORDS.shell.account}: ${name}`}>
            <Icon name="user" />
            <span className="bar-user">&nbsp;{name}</span>
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>{name}</Menu.Label>
          <Menu.Item onClick={signOut.ask}>{WORDS.shell.signOut}</Menu.Item>
          <Menu.Divider />
          <Menu.Label>{WORDS.shell.appearance}</Menu.Label>
          {SCHEMES.map((scheme) => (
            <Menu.Item
              key={scheme}
              role="menuitemradio"
              aria-checked={scheme === colorScheme}
              onClick={() => setColorScheme(scheme)}
              rightSection={scheme === colorScheme ? '✓' : undefined}
            >
              {WORDS.shell.theme[scheme]}
            </Menu.Item>
          ))}
          <Menu.Divider />
          <Menu.Item onClick={openKeys} rightSection={<span className="kbd">?</span>}>
            {WORDS.shell.keys}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </>
  );
}
