import { useCallback, useEffect, useState } from 'react';
import { isPlain, isTyping } from '../../ui/list-keys.ts';

/** Runs that were picked one by one. */
export interface Picking {
  readonly picked: ReadonlySet<string>;
  readonly toggle: (runId: string) => void;
  readonly clear: () => void;
}

/** Rows are picked by their boxes, and by `x` where the focus is. */
export function usePicking(): Picking {
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
  const toggle = useCallback((runId: string) => {
    setPicked((known) => {
      const next = new Set(known);
      if (!next.delete(runId)) next.add(runId);
      return next;
    });
  }, []);
  const clear = useCallback(() => setPicked(new Set()), []);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'x' || !isPlain(event)) return;
      const row = document.activeElement?.closest<HTMLElement>('[data-run]');
      const { run } = row?.dataset ?? {};
      if (run !== undefined && !isText(event.target)) toggle(run);
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [toggle]);
  return { picked, toggle, clear };
}

/** A box to tick takes no text. */
function isText(target: EventTarget | null): boolean {
  const isBox = target instanceof HTMLInputElement && target.type === 'checkbox';
  return !isBox && isTyping(target);
}
