import { sessionStore } from '../data/session.ts';

/**
 * Keeps keys from the page while it is covered by the way in. Called before anything else listens.
 */
export function guardInput(): void {
  window.addEventListener('keydown', onKey, { capture: true });
}

function onKey(event: KeyboardEvent): void {
  const isCovered = sessionStore.get().kind === 'ended';
  if (isCovered) event.stopImmediatePropagation();
  if (isCovered && event.key === 'Escape') event.preventDefault();
}
