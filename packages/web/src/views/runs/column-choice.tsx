import { Button, Menu } from '@mantine/core';
import { RUN_COLUMNS, type RunColumn, toggleColumn } from '../../logic/run-columns.ts';
import { Icon } from '../../ui/icons.tsx';
import { RUN_WORDS } from '../../words-run.ts';

const words = RUN_WORDS.list;

interface Props {
  readonly columns: readonly RunColumn[];
  readonly change: (columns: readonly RunColumn[]) => void;
}

/** Which columns the list has; status and name are always there. */
export function ColumnChoice({ columns, change }: Props) {
  return (
    <Menu position="bottom-end" closeOnItemClick={false}>
      <Menu.Target>
        <Button variant="default" rightSection={<Icon name="down" />} className="column-choice">
          {words.columns}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {RUN_COLUMNS.map((column) => {
          return (
            <Menu.CheckboxItem
              key={column}
              checked={columns.includes(column)}
              onChange={() => change(toggleColumn(columns, column))}
            >
              {words.columnWords[column]}
            </Menu.CheckboxItem>
          );
        })}
      </Menu.Dropdown>
    </Menu>
  );
}
