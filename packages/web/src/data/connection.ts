import { after, now, throttle } from './clock.ts';
import { createStore } from './store.ts';

/** Why nothing is to be had of a server: it says nothing, or says itself that it is not ready. */
export type Reason = 'silent' | 'starting' | 'draining' | 'down';

/**
 * Whether the server answers. `away`: it does not, since then; it is asked again and again, and
 * when it is back everything that is shown is read anew.
 */
export type Connection =
  | { readonly kind: 'live' }
  | { readonly kind: 'away'; readonly since: number; readonly reason: Reason };

const LIVE: Connection = { kind: 'live' };
const FIRST_PROBE_MS = 500;
const LAST_PROBE_MS = 4_000;
/** A server that takes longer to say whether it is there is as good as away. */
const PROBE_DEADLINE_MS = 5_000;
/** However many requests fail, the server is not asked more often whether it is there. */
const DOUBT_MS = 1_000;
const PROBE = '/health/ready';

export const connection = createStore<Connection>(LIVE);
const returned = new Set<() => void>();
let callOff: () => void = () => undefined;
let isProbing = false;

/** Called whenever the server has come back. */
export function onReturn(listener: () => void): () => void {
  returned.add(listener);
  return () => void returned.delete(listener);
}

const doubts = throttle(DOUBT_MS, () => {
  if (connection.get().kind === 'live') void askWhetherThere();
});

/**
 * Notes that a request has come to nothing. That one alone says little: whether the server is away
 * is found out by asking it.
 */
export function doubt(): void {
  if (connection.get().kind === 'live') doubts.ask();
}

/** Asks once whether the server is there, and notes it where it is not. */
export async function askWhetherThere(): Promise<boolean> {
  const reason = await reasonToStayAway();
  if (reason !== undefined) noteAway(reason);
  return reason === undefined;
}

async function reasonToStayAway(): Promise<Reason | undefined> {
  try {
    const signal = AbortSignal.timeout(PROBE_DEADLINE_MS);
    // Without its cookie: to know whose that is the server would have to ask its database.
    const response = await fetch(PROBE, { cache: 'no-store', credentials: 'omit', signal });
    if (response.ok) return undefined;
    const said: unknown = await response.json().catch(() => undefined);
    return REASONS.find((reason) => isStatus(said, reason)) ?? 'silent';
  } catch {
    return 'silent';
  }
}

const REASONS = ['starting', 'draining', 'down'] as const;

function isStatus(said: unknown, status: string): boolean {
  return typeof said === 'object' && said !== null && 'status' in said && said.status === status;
}

function noteAway(reason: Reason): void {
  const known = connection.get();
  if (known.kind === 'away') {
    if (known.reason !== reason) connection.set({ ...known, reason });
    return;
  }
  connection.set({ kind: 'away', since: now(), reason });
  probeAfter(FIRST_PROBE_MS);
}

/** Not all pages that a server has lost ask at the same moments. */
function probeAfter(ms: number): void {
  callOff = after(ms * (0.5 + Math.random() / 2), () => void probe(ms));
}

async function probe(waitedMs: number): Promise<void> {
  isProbing = true;
  const isThere = await askWhetherThere();
  isProbing = false;
  if (isThere) return comeBack();
  probeAfter(Math.min(waitedMs * 2, LAST_PROBE_MS));
}

function comeBack(): void {
  connection.set(LIVE);
  for (const listener of returned) listener();
}

/** Asks at once where there is reason to hope or to fear: a network, or a reader, that comes back. */
export function watchConnection(): void {
  const hurry = () => {
    if (connection.get().kind === 'live') return doubt();
    if (isProbing) return;
    callOff();
    probeAfter(FIRST_PROBE_MS);
  };
  window.addEventListener('online', hurry);
  window.addEventListener('offline', doubt);
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible' && connection.get().kind === 'away') hurry();
  });
}
