import { notifications } from '@mantine/notifications';
import { messageOf } from './notice.tsx';

const LONG_MS = 12_000;

/** Says that something is done. */
export function tell(message: string): void {
  notifications.show({ message, color: 'green', role: 'status' });
}

/** Says that something was not done, and why. */
export function tellFailure(title: string, error: unknown): void {
  notifications.show({ title, message: messageOf(error), color: 'red', autoClose: LONG_MS });
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
