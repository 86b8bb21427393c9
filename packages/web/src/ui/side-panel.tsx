import { type ReactNode, useRef } from 'react';
import { WORDS } from '../words.ts';
import { useClosing } from './closing.ts';
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
  const panel = useRef<HTMLElement>(null);
  useClosing(panel, close);
  return (
    <aside ref={panel} className="side-panel card" aria-label={label}>
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
