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
