import { Button, Menu, TextInput } from '@mantine/core';
import { useLocalStorage } from '@mantine/hooks';
import { type FormEvent, useState } from 'react';
import { type RunFilters, readRunFilters } from '../../logic/run-filters.ts';
import { Icon } from '../../ui/icons.tsx';
import { RUN_WORDS } from '../../words-run.ts';

const words = RUN_WORDS.list;

interface Props {
  readonly filters: RunFilters;
  readonly open: (filters: RunFilters) => void;
}

/** Filters with a name, kept in this browser. */
export function SavedViews({ filters, open }: Props) {
  const [saved, setSaved] = useLocalStorage<Readonly<Record<string, RunFilters>>>({
    key: 'tenuto.runs.views',
    defaultValue: {},
  });
  const [name, setName] = useState('');
  const save = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() !== '') setSaved({ ...saved, [name.trim()]: filters });
    setName('');
  };
  const remove = (gone: string) =>
    setSaved(Object.fromEntries(Object.entries(saved).filter(([known]) => known !== gone)));
  return (
    <Menu position="bottom-start" closeOnItemClick>
      <Menu.Target>
        <Button variant="default" rightSection={<Icon name="down" />}>
          {words.saved}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {Object.entries(saved).map(([known, its]) => (
          <Menu.Item key={known} onClick={() => open(readRunFilters({ ...its }))}>
            {known}
          </Menu.Item>
        ))}
        {Object.keys(saved).length > 0 && <Menu.Divider />}
        {Object.keys(saved).map((known) => (
          <Menu.Item key={`remove ${known}`} onClick={() => remove(known)} color="red">
            {words.remove} {known}
          </Menu.Item>
        ))}
        <form onSubmit={save} className="row" style={{ padding: 6 }}>
          <TextInput
            aria-label={words.saveName}
            placeholder={words.saveName}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            onKeyDown={(event) => event.stopPropagation()}
          />
          <Button type="submit" disabled={name.trim() === ''}>
            {words.save}
          </Button>
        </form>
      </Menu.Dropdown>
    </Menu>
  );
}
