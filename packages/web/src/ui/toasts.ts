import { notifications } from '@mantine/notifications';
import { messageOf } from './notice.tsx';

const LONG_MS = 12_000;

/** Says that something is done. */
export function tell(message: string): void {
  notifications.show({ message, color: 'green', role: 'status' });
}

/** Errors that are said, or will be, where the change was asked for. */
const saidInPlace = new WeakSet<Error>();
const toastOf = new WeakMap<Error, string>();

/** Says that something was not done, and why. */
export function tellFailure(title: string, error: unknown): void {
  if (error instanceof Error && saidInPlace.has(error)) return;
  const message = messageOf(error);
  const id = notifications.show({ title, message, color: 'red', autoClose: LONG_MS });
  if (error instanceof Error) toastOf.set(error, id);
}

/** Leaves the word about an error to the place where the change was asked for. */
export function saidHere(error: unknown): void {
  if (!(error instanceof Error)) return;
  saidInPlace.add(error);
  const id = toastOf.get(error);
  if (id !== undefined) notifications.hide(id);
}

/** For a change that was made in a form: it is said, and the form closes. */
export function thenClose(message: string, close: () => void) {
  return {
    onSuccess: () => {
      tell(message);
      close();
    },
  };
}
