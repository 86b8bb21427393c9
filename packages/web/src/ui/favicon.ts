import { useEffect } from 'react';
import { lookOf, type Status } from '../logic/status.ts';

/** Shows a status in the tab of the browser, as long as its page is open. */
export function useFavicon(status: Status): void {
  const { tone } = lookOf(status);
  useEffect(() => {
    const link = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
    if (link === null) return;
    link.href = `/favicon-${tone}.svg`;
    return () => {
      link.href = '/favicon.svg';
    };
  }, [tone]);
}
