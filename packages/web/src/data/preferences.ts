import { createStore, useStore } from './store.ts';

/** How somebody likes the console, kept in this browser. */
export interface Preferences {
  readonly density: 'compact' | 'roomy';
  readonly times: 'relative' | 'exact';
}

const KEY = 'tenuto-preferences';
const UNSAID: Preferences = { density: 'compact', times: 'relative' };

const preferences = createStore<Preferences>(read());
show(preferences.get());

export function usePreferences(): Preferences {
  return useStore(preferences);
}

export function prefer(change: Partial<Preferences>): void {
  const next = { ...preferences.get(), ...change };
  preferences.set(next);
  show(next);
  try {
    localStorage.setItem(KEY, JSON.stringify(next));
  } catch {
    // A browser that keeps nothing still shows it until it is closed.
  }
}

function read(): Preferences {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? '{}');
    const said = new Map(Object.entries(typeof kept === 'object' ? (kept ?? {}) : {}));
    return {
      density: said.get('density') === 'roomy' ? 'roomy' : UNSAID.density,
      times: said.get('times') === 'exact' ? 'exact' : UNSAID.times,
    };
  } catch {
    return UNSAID;
  }
}

/** Style sheets see it on the root. */
function show({ density }: Preferences): void {
  document.documentElement.dataset.density = density;
}
