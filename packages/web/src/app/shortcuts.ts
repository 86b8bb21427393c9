import { useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';
import { now } from '../data/clock.ts';
import { isPlain, isTyping } from '../ui/list-keys.ts';

const PLACES: Readonly<Record<string, string>> = {
  h: '/',
  r: '/runs',
  n: '/needs',
  t: '/tasks',
  e: '/events',
  x: '/tests',
  m: '/templates',
  p: '/profiles',
  a: '/agents',
  s: '/system',
};

const TOGETHER_MS = 1_000;

interface Shortcuts {
  readonly openPalette: () => void;
  readonly openKeys: () => void;
}

/** Keys that work on every page; `g` and a letter go somewhere. */
export function useShortcuts({ openPalette, openKeys }: Shortcuts): void {
  const navigate = useNavigate();
  useEffect(() => {
    let wentAt = 0;
    const onKey = (event: KeyboardEvent) => {
      const key = event.key.toLowerCase();
      if ((event.ctrlKey || event.metaKey) && key === 'k') {
        event.preventDefault();
        return openPalette();
      }
      if (!isPlain(event) || isTyping(event.target)) return;
      const place = now() - wentAt < TOGETHER_MS ? PLACES[key] : undefined;
      wentAt = key === 'g' ? now() : 0;
      if (place !== undefined) {
        event.preventDefault();
        return void navigate({ to: place });
      }
      if (key === '?') return openKeys();
      if (key === '/') {
        event.preventDefault();
        document.querySelector<HTMLElement>('[data-search]')?.focus();
      }
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [navigate, openPalette, openKeys]);
}
