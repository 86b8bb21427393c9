import { QueryClient } from '@tanstack/react-query';
import { ApiError, ConnectionError } from '@tenuto/sdk';
import { connection, onReturn } from './connection.ts';
import { retryAfterMs } from './live.ts';
import { sessionStore } from './session.ts';

const MOST_RETRIES = 2;
const FIRST_RETRY_MS = 1_000;
/** Who waits longer is told why. */
const LONGEST_ASKED_MS = 3_000;
const PASSING: readonly number[] = [429, 502, 503, 504];

/** Whether reading the same again soon may go well. */
function passes(error: unknown): boolean {
  if (error instanceof ConnectionError) return true;
  if (!(error instanceof ApiError)) return false;
  return PASSING.includes(error.status) && retryAfterMs(error) <= LONGEST_ASKED_MS;
}

/** All that the page knows of the server. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      // A connection that broke, a server that was overtaxed for a moment: not worth a word.
      retry: (failures, error) =>
        failures < MOST_RETRIES && connection.get().kind === 'live' && passes(error),
      retryDelay: (failures, error) =>
        Math.max(retryAfterMs(error), FIRST_RETRY_MS * 2 ** failures * (0.5 + Math.random() / 2)),
      networkMode: 'always',
      staleTime: 1_000,
      // What cannot be read is said by the view that needs it.
      throwOnError: false,
    },
    mutations: { networkMode: 'always', retry: false },
  },
});

// What was missed while the server was away is read now, whatever its age.
onReturn(() => void queryClient.invalidateQueries());

let signedIn: string | undefined;
sessionStore.subscribe(() => {
  const state = sessionStore.get();
  if (state.kind === 'unknown' || state.kind === 'ended') return;
  const principal = state.kind === 'in' ? state.session.principal : undefined;
  // Nothing that one person has read may be shown to the next; the same one finds it again.
  if (principal !== undefined && signedIn !== undefined && principal !== signedIn) {
    queryClient.clear();
  }
  if (state.kind === 'out') queryClient.clear();
  if (principal !== undefined) {
    signedIn = principal;
    void queryClient.invalidateQueries();
  }
});

/** Whether an error says that there is no such thing. */
export function isMissing(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false;
  const { status, errorCode, validationErrors } = error;
  // What is no id or name at all is not one of anything either.
  const isNone = errorCode === 'validation_failed' && validationErrors.length > 0;
  return status === 404 || (isNone && validationErrors.every(({ path }) => NAMES_ONE.test(path)));
}

const NAMES_ONE = /^\/(\w+_id|name)$/;
