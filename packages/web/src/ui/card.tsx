import type { ReactNode } from 'react';

interface CardProps {
  readonly title: string;
  readonly note?: string;
  readonly children: ReactNode;
}

/** A part of a page under its own title. */
export function Card({ title, note, children }: CardProps) {
  return (
    <section className="card">
      <header>
        <h2>{title}</h2>
        {note !== undefined && <span className="dim">{note}</span>}
      </header>
      {children}
    </section>
  );
}
