import { after, now } from './clock.ts';
import { createStore } from './store.ts';

/**
 * Whether the server answers. `away`: it does not, since then; it is asked again and again, and
 * when it is back everything that is shown is read anew.
 */
export type Connection =
  | { readonly kind: 'live' }
  | { readonly kind: 'away'; readonly since: number; readonly reason: 'silent' | 'starting' };

const LIVE: Connection = { kind: 'live' };
const FIRST_PROBE_MS = 500;
const LAST_PROBE_MS = 4_000;
const PROBE = '/health/ready';

export const connection = createStore<Connection>(LIVE);
const returned = new Set<() => void>();

/** Called whenever the server has come back. */
export function onReturn(listener: () => void): () => void {
  returned.add(listener);
  return () => void returned.delete(listener);
}

/** Notes that a request got no answer, or one that says that the server is not ready. */
export function noteAway(reason: 'silent' | 'starting'): void {
  const known = connection.get();
  if (known.kind === 'away') {
    if (known.reason !== reason) connection.set({ ...known, reason });
    return;
  }
  connection.set({ kind: 'away', since: now(), reason });
  after(FIRST_PROBE_MS, () => void probe(FIRST_PROBE_MS));
}

/** Asks once whether the server is there, and notes it where it is not. */
export async function askWhetherThere(): Promise<boolean> {
  try {
    const { ok } = await fetch(PROBE, { cache: 'no-store' });
    if (!ok) noteAway('starting');
    return ok;
  } catch {
    noteAway('silent');
    return false;
  }
}

async function probe(waitedMs: number): Promise<void> {
  if (await askWhetherThere()) return comeBack();
  const next = Math.min(waitedMs * 2, LAST_PROBE_MS);
  after(next, () => void probe(next));
}

function comeBack(): void {
  connection.set(LIVE);
  for (const listener of returned) listener();
}
