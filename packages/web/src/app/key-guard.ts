import { sessionStore } from '../data/session.ts';

/** Where Enter is a new line, and may be held down. */
const WRITES_LINES = 'textarea, [contenteditable]';
/** What is done by one click; the second one of a double click would do it again. */
const ONCE = '.mantine-Button-root:not([data-repeats]), .mantine-Menu-item';

/**
 * Keeps what is meant once from being done twice, and keys from the page while it is covered by the
 * way in. Called before anything else listens.
 */
export function guardInput(): void {
  window.addEventListener('keydown', onKey, { capture: true });
  window.addEventListener('click', onClick, { capture: true });
}

function onKey(event: KeyboardEvent): void {
  const isCovered = sessionStore.get().kind === 'ended';
  if (isCovered) event.stopImmediatePropagation();
  if (isCovered && event.key === 'Escape') event.preventDefault();
  // An Enter that is held down would send a form, and what comes after it, again and again.
  if (event.key === 'Enter' && event.repeat && !isIn(event.target, WRITES_LINES)) {
    event.preventDefault();
    event.stopImmediatePropagation();
  }
}

function onClick(event: MouseEvent): void {
  if (event.detail < 2 || !isIn(event.target, ONCE)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}

function isIn(target: EventTarget | null, selector: string): boolean {
  return target instanceof Element && target.closest(selector) !== null;
}
