import { Button, Popover, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import {
  renamedView,
  type SavedView,
  withDefault,
  withoutView,
  withView,
} from '../../logic/saved-views.ts';
import { Icon } from '../../ui/icons.tsx';
import { RUN_WORDS } from '../../words-run.ts';

const words = RUN_WORDS.list;

interface Props {
  readonly views: readonly SavedView[];
  readonly keep: (views: readonly SavedView[]) => void;
  /** What is shown now, which can be kept. */
  readonly shown: Pick<SavedView, 'filters' | 'columns'>;
  readonly open: (view: SavedView) => void;
}

/** Filters and columns with a name, kept in this browser. */
export function SavedViews(props: Props) {
  const [opened, setOpened] = useState(false);
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-start" trapFocus>
      <Popover.Target>
        <Button
          variant="default"
          rightSection={<Icon name="down" />}
          onClick={() => setOpened(!opened)}
        >
          {words.saved}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={words.saved}>
        {opened && (
          <Views
            {...props}
            open={(view) => {
              setOpened(false);
              props.open(view);
            }}
          />
        )}
      </Popover.Dropdown>
    </Popover>
  );
}

function Views({ views, keep, shown, open }: Props) {
  const [name, setName] = useState('');
  const save = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() === '') return;
    keep(withView(views, { ...shown, name: name.trim(), isDefault: false }));
    setName('');
  };
  return (
    <div className="views">
      {views.length === 0 && <p className="dim">{words.noViews}</p>}
      <ul>
        {views.map((view) => (
          <ViewLine key={view.name} view={view} views={views} keep={keep} open={open} />
        ))}
      </ul>
      <form onSubmit={save} className="views-save">
        <TextInput
          aria-label={words.saveName}
          placeholder={words.saveName}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          maxLength={60}
        />
        <Button type="submit" disabled={name.trim() === ''}>
          {words.save}
        </Button>
      </form>
    </div>
  );
}

type LineProps = Omit<Props, 'shown'> & { readonly view: SavedView };

function ViewLine({ view, views, keep, open }: LineProps) {
  const [renaming, setRenaming] = useState<string>();
  const { name, isDefault } = view;
  if (renaming !== undefined) {
    return (
      <li>
        <form
          className="views-save"
          onSubmit={(event) => {
            event.preventDefault();
            keep(renamedView(views, { from: name, to: renaming }));
            setRenaming(undefined);
          }}
        >
          <TextInput
            aria-label={words.ofView(words.rename, name)}
            value={renaming}
            onChange={(event) => setRenaming(event.currentTarget.value)}
            maxLength={60}
            autoFocus
          />
          <Button type="submit">{words.rename}</Button>
        </form>
      </li>
    );
  }
  const button = (word: string, act: () => void) => (
    <button
      type="button"
      className="bare-button"
      aria-label={words.ofView(word, name)}
      onClick={act}
    >
      {word}
    </button>
  );
  return (
    <li>
      <button type="button" className="view-open" onClick={() => open(view)}>
        {name}
      </button>
      {button(isDefault ? words.isDefault : words.makeDefault, () =>
        keep(withDefault(views, name)),
      )}
      {button(words.rename, () => setRenaming(name))}
      {button(words.remove, () => keep(withoutView(views, name)))}
    </li>
  );
}
