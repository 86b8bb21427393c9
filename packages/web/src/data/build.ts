import { now } from './clock.ts';
import { onReturn } from './connection.ts';
import { createStore } from './store.ts';

/**
 * Whether the server has another build of the console than this page came from. Then the files of
 * views that were not yet opened may be gone.
 */
export const newBuild = createStore(false);

/** A page that is come back to asks this seldom. */
const ASK_EVERY_MS = 600_000;
let askedAt = now();

/** The script that this page was loaded with: its name changes with the build. */
const OWN = document.querySelector<HTMLScriptElement>('script[type="module"][src]')?.src;

/** Asks for the page once more, and looks whether it would load the same. */
export async function checkBuild(): Promise<void> {
  if (OWN === undefined || newBuild.get()) return;
  askedAt = now();
  try {
    const headers = { accept: 'text/html' };
    const response = await fetch('/', { headers, cache: 'no-cache' });
    const page = await response.text();
    if (response.ok && !page.includes(new URL(OWN).pathname)) newBuild.set(true);
  } catch {
    // The server is away, which others notice; it is asked when it is back.
  }
}

/** Looks whenever the server was away, and now and then when somebody comes back to the page. */
export function watchBuild(): void {
  onReturn(() => void checkBuild());
  document.addEventListener('visibilitychange', () => {
    const isDue = now() - askedAt > ASK_EVERY_MS;
    if (document.visibilityState === 'visible' && isDue) void checkBuild();
  });
  // A file of a view could not be loaded: it is gone, or the server is.
  window.addEventListener('vite:preloadError', () => void checkBuild());
}
