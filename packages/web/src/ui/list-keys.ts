import { useEffect } from 'react';

/** Whether keys that are typed are meant as text. */
export function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}

/** Whether a dialog stands over the page, whose keys go nowhere else. */
export function isUnderDialog(): boolean {
  return document.querySelector('[role="dialog"][aria-modal="true"]') !== null;
}

/** Whether a key is one by itself, and meant for the page. */
export function isPlain(event: KeyboardEvent): boolean {
  return !event.ctrlKey && !event.metaKey && !event.altKey && !isUnderDialog();
}

/** `j` and `k` go from row to row of those that a selector finds; Enter is the link's own. */
export function useListKeys(selector: string): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (!isPlain(event) || isTyping(event.target) || !/^[jk]$/.test(event.key)) return;
      const rows = [...document.querySelectorAll<HTMLElement>(selector)];
      const at = rows.findIndex((row) => row.contains(document.activeElement));
      const next = event.key === 'j' ? at + 1 : Math.max(0, at - 1);
      rows[Math.min(next, rows.length - 1)]?.focus();
      event.preventDefault();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [selector]);
}
