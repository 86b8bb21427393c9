import { ActionIcon, Menu } from '@mantine/core';
import { useState } from 'react';
import { whatBegins } from '../data/begun.ts';
import { WORDS } from '../words.ts';
import { Icon } from './icons.tsx';

export interface RowAction {
  readonly word: string;
  readonly danger?: boolean;
  act(): void;
}

/** What can be done with one row of a table. */
export function RowMenu({
  of,
  actions,
}: {
  readonly of: string;
  readonly actions: readonly RowAction[];
}) {
  const [isBusy, setBusy] = useState(false);
  if (actions.length === 0) return null;
  const perform = (act: () => void) => {
    const begun = whatBegins(act);
    if (begun === undefined) return;
    setBusy(true);
    // What it was refused with is said by who began it.
    begun.catch(() => undefined).finally(() => setBusy(false));
  };
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon
          variant="subtle"
          color="gray"
          loading={isBusy}
          aria-label={WORDS.editor.actions(of)}
        >
          <Icon name="more" />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {actions.map(({ word, danger, act }) => (
          <Menu.Item key={word} onClick={() => perform(act)} {...(danger && { color: 'red' })}>
            {word}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
