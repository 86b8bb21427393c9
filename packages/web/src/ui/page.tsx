import { type ReactNode, useEffect } from 'react';
import { WORDS } from '../words.ts';

interface Props {
  readonly title: string;
  /** What stands beside the title. */
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}

/** A page with its title, which the tab of the browser shows too. */
export function Page({ title, aside, children }: Props) {
  useTitle(title);
  return (
    <div className="page">
      <header className="page-head">
        <h1>{title}</h1>
        {aside}
      </header>
      {children}
    </div>
  );
}

export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · ${WORDS.product}`;
  }, [title]);
}
