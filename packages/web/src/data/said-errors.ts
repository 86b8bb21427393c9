import { useLayoutEffect } from 'react';
import { createStore } from './store.ts';

/** Errors that are said somewhere on the page, each as often as it is. */
export const saidErrors = createStore<readonly unknown[]>([]);

/** Notes for as long as it is shown that an error is said where it belongs, and need not be said over the page. */
export function useSaid(error: unknown): void {
  useLayoutEffect(() => {
    saidErrors.set([...saidErrors.get(), error]);
    return () => {
      const known = saidErrors.get();
      saidErrors.set(known.toSpliced(known.indexOf(error), 1));
    };
  }, [error]);
}
