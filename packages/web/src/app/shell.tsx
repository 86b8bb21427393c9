import { Modal } from '@mantine/core';
import { Outlet } from '@tanstack/react-router';
import { useCallback, useState } from 'react';
import { sessionStore } from '../data/session.ts';
import { useStore } from '../data/store.ts';
import { WORDS } from '../words.ts';
import { Palette } from './palette.tsx';
import { Rail } from './rail.tsx';
import { useShortcuts } from './shortcuts.ts';
import { SignInAgain, SignInPage } from './sign-in.tsx';
import { StaleNotice } from './stale-notice.tsx';
import { AwayNotice, TopBar } from './top-bar.tsx';
import { UpdateNotice } from './update-notice.tsx';
import './shell.css';

/** The frame around every page, or the way in. */
export function Shell() {
  const session = useStore(sessionStore);
  if (!('session' in session)) return session.kind === 'out' ? <SignInPage /> : <Connecting />;
  return (
    <>
      <Frame key={session.session.principal} />
      {session.kind === 'ended' && <SignInAgain mine={session.session} other={session.other} />}
    </>
  );
}

function Connecting() {
  return (
    <main className="sign-in">
      <div>
        <p className="dim" role="status">
          {WORDS.shell.connecting}
        </p>
        <AwayNotice />
      </div>
    </main>
  );
}

type Dialog = 'palette' | 'keys' | undefined;

function Frame() {
  const [dialog, setDialog] = useState<Dialog>();
  const openPalette = useCallback(() => setDialog('palette'), []);
  const openKeys = useCallback(() => setDialog('keys'), []);
  const close = () => setDialog(undefined);
  useShortcuts({ openPalette, openKeys });
  return (
    <div className="shell">
      <a className="skip" href="#content">
        {WORDS.shell.skip}
      </a>
      <Rail />
      <TopBar openPalette={openPalette} openKeys={openKeys} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: who has no mouse scrolls it by keys. */}
      <main className="main" id="content" tabIndex={0}>
        <AwayNotice />
        <StaleNotice />
        <UpdateNotice />
        <Outlet />
      </main>
      <Palette opened={dialog === 'palette'} close={close} />
      <Modal opened={dialog === 'keys'} onClose={close} title={WORDS.keys.title}>
        <dl className="keys">
          {WORDS.keys.list.flatMap(([keys, what]) => [
            <dt key={`${keys} keys`}>
              <span className="kbd">{keys}</span>
            </dt>,
            <dd key={keys}>{what}</dd>,
          ])}
        </dl>
      </Modal>
    </div>
  );
}
