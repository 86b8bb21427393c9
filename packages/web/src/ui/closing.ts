import { type RefObject, useEffect } from 'react';
import { isTyping, isUnderDialog } from './list-keys.ts';

/** What takes Esc for itself while the focus is in it: it is closed, and nothing behind it. */
const OWN = '[role="dialog"], [role="menu"], [aria-haspopup][aria-expanded="true"]';

/**
 * Esc closes a panel; what had the focus last outside of it has it again then.
 * @param panel where it stands
 */
export function useClosing(panel: RefObject<HTMLElement | null>, close: () => void): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const { key, target, defaultPrevented } = event;
      if (key !== 'Escape' || defaultPrevented || isUnderDialog()) return;
      if (!(target instanceof HTMLElement) || target.closest(OWN) !== null) return;
      // What is being written must not be gone by one key.
      if (isTyping(target)) target.blur();
      else close();
    };
    // Before what is open in the panel has closed itself: afterwards nobody could tell.
    document.addEventListener('keydown', onKey, true);
    return () => document.removeEventListener('keydown', onKey, true);
  }, [close]);
  useEffect(() => {
    let last = document.activeElement;
    const onFocus = ({ target }: FocusEvent) => {
      const isOutside = target instanceof Element && panel.current?.contains(target) === false;
      if (isOutside && target.closest(OWN) === null) last = target;
    };
    document.addEventListener('focusin', onFocus);
    return () => {
      document.removeEventListener('focusin', onFocus);
      const isLost = document.activeElement === document.body;
      if (isLost && last instanceof HTMLElement) last.focus();
    };
  }, [panel]);
}
