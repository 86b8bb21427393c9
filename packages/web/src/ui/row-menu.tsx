import { ActionIcon, Menu } from '@mantine/core';
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
  if (actions.length === 0) return null;
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={WORDS.editor.actions(of)}>
          <Icon name="more" />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {actions.map(({ word, danger, act }) => (
          <Menu.Item key={word} onClick={act} {...(danger && { color: 'red' })}>
            {word}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
