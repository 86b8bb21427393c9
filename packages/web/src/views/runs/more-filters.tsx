import { Button, Popover, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { pairOf, type RunFilters } from '../../logic/run-filters.ts';
import { Icon } from '../../ui/icons.tsx';
import { RUN_WORDS } from '../../words-run.ts';

const words = RUN_WORDS.list;

export const MORE = ['tag', 'meta', 'profile', 'task'] as const;
export type More = (typeof MORE)[number];
export const MORE_WORDS: Readonly<Record<More, string>> = {
  tag: words.tag,
  meta: words.metadata,
  profile: words.profile,
  task: words.task,
};
type Given = { readonly [K in More]?: string | undefined };

interface Props {
  readonly filters: RunFilters;
  readonly put: (part: Given) => void;
}

/** Filters that are needed less often; what they are set to stands as chips beside. */
export function MoreFilters({ filters, put }: Props) {
  const [opened, setOpened] = useState(false);
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-start" trapFocus>
      <Popover.Target>
        <Button
          variant="default"
          rightSection={<Icon name="down" />}
          onClick={() => setOpened(!opened)}
        >
          {words.more}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={words.more}>
        {opened && (
          <Fields
            filters={filters}
            put={(part) => {
              setOpened(false);
              put(part);
            }}
          />
        )}
      </Popover.Dropdown>
    </Popover>
  );
}

function Fields({ filters, put }: Props) {
  const [given, setGiven] = useState<Given>({ ...filters });
  const meta = given.meta?.trim() ?? '';
  const isBad = meta !== '' && pairOf(meta) === undefined;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isBad) return;
    const of = (one: More) => given[one]?.trim() || undefined;
    put({ tag: of('tag'), meta: of('meta'), profile: of('profile'), task: of('task') });
  };
  return (
    <form className="more-filters" onSubmit={submit}>
      {MORE.map((one) => (
        <TextInput
          key={one}
          label={MORE_WORDS[one]}
          value={given[one] ?? ''}
          onChange={(event) => setGiven({ ...given, [one]: event.currentTarget.value })}
          {...(one === 'meta' && isBad && { error: words.metadataBad })}
        />
      ))}
      <Button type="submit">{words.apply}</Button>
    </form>
  );
}
