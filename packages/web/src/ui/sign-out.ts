import { signOut } from '../data/session.ts';
import { WORDS } from '../words.ts';
import { tellFailure } from './toasts.ts';

/** Signs out, and says so where the session is not known to have ended. */
export async function leave(): Promise<void> {
  const { notSignedOut, notSignedOutText } = WORDS.shell;
  if (!(await signOut())) tellFailure(notSignedOut, new Error(notSignedOutText));
}
