import { type ReactNode, useEffect } from 'react';
import { WORDS } from '../words.ts';
import { Icon } from './icons.tsx';
import './side-panel.css';

interface Props {
  readonly label: string;
  /** What stands in its first line. */
  readonly head: ReactNode;
  readonly close: () => void;
  readonly children: ReactNode;
}

/** One thing of a list beside the list; Esc closes it, and its id stands in the address. */
export function SidePanel({ label, head, close, children }: Props) {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && !event.defaultPrevented) close();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [close]);
  return (
    <aside className="side-panel card" aria-label={label}>
      <header>
        {head}
        <button
          type="button"
          className="bare-button"
          onClick={close}
          aria-label={WORDS.common.close}
        >
          <Icon name="close" />
        </button>
      </header>
      <div className="card-body stack">{children}</div>
    </aside>
  );
}
