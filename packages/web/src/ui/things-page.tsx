import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Pages } from '../data/pages.ts';
import { NEW } from '../logic/open-search.ts';
import { useOpened } from './form-state.ts';
import { Empty } from './notice.tsx';
import { Page } from './page.tsx';
import { Paged } from './paged.tsx';
import { SystemSections } from './system-sections.tsx';

interface Props<T> {
  readonly words: {
    readonly title: string;
    readonly text: string;
    readonly create: string;
    readonly empty: string;
    readonly emptyText: string;
    readonly emptyExample: string;
  };
  readonly pages: Pages<T>;
  readonly idOf: (thing: T) => string;
  /** The id of the thing whose form is open, or that of a new one. */
  readonly open: string | undefined;
  /** Opens the form of a thing; none with an empty id. */
  readonly go: (id: string) => void;
  /** Whether who looks may change anything here. */
  readonly may: boolean;
  readonly table: (things: readonly T[]) => ReactNode;
  /** The form of a thing; of a new one without. */
  readonly form: (thing: T | undefined, close: () => void) => ReactNode;
}

/** A part of the system that is one list of things, each with a form. */
export function ThingsPage<T>(props: Props<T>) {
  const { words, pages, idOf, open, go, may, table, form } = props;
  const known = pages.data?.pages.flatMap(({ items }) => items) ?? [];
  const edited = useOpened(known, idOf, open);
  return (
    <Page
      title={words.title}
      aside={
        <>
          <span className="grow" />
          {may && <Button onClick={() => go(NEW)}>{words.create}</Button>}
        </>
      }
    >
      <SystemSections />
      <p className="dim">{words.text}</p>
      <div className="card">
        <Paged
          pages={pages}
          empty={<Empty title={words.empty} text={words.emptyText} example={words.emptyExample} />}
        >
          {table}
        </Paged>
      </div>
      {may && (open === NEW || edited !== undefined) && form(edited, () => go(''))}
    </Page>
  );
}
