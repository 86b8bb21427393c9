import { Button, Select } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { RUN_KINDS, RUN_STATUSES, WAITING_FOR } from '@tenuto/contract';
import {
  isRunId,
  type RunFilters,
  readRunFilters,
  statusesOf,
  toggleStatus,
} from '../../logic/run-filters.ts';
import { isNarrowing } from '../../logic/strict-search.ts';
import { FilterField } from '../../ui/filter-field.tsx';
import { Icon } from '../../ui/icons.tsx';
import { StatusMark } from '../../ui/status.tsx';
import { RUN_WORDS } from '../../words-run.ts';
import { MORE, MORE_WORDS, MoreFilters } from './more-filters.tsx';
import { TimeChoice } from './time-choice.tsx';

const words = RUN_WORDS.list;

interface Props {
  readonly filters: RunFilters;
  readonly change: (filters: RunFilters) => void;
}

/** What narrows the list, each part of it in the address. */
export function FilterBar({ filters, change }: Props) {
  const navigate = useNavigate();
  const put = (part: { readonly [K in keyof RunFilters]?: string | undefined }) =>
    change(readRunFilters({ ...filters, ...part }));
  // An id leads to its run.
  const search = (text: string) => {
    if (isRunId(text)) void navigate({ to: '/runs/$runId', params: { runId: text } });
    else put({ name: text || undefined });
  };
  const { since: _since, from: _from, to: _to, ...timeless } = filters;
  return (
    <search className="filters">
      <FilterField
        label={words.search}
        placeholder={words.searchHint}
        value={filters.name ?? ''}
        put={search}
        isSearch
      />
      <TimeChoice range={filters} change={(range) => change({ ...timeless, ...range })} />
      <Select
        aria-label={words.kind}
        placeholder={words.kind}
        data={RUN_KINDS.map((kind) => ({ value: kind, label: words.kinds[kind] }))}
        value={filters.kind ?? null}
        onChange={(kind) => put({ kind: kind ?? undefined })}
        clearable
        w={110}
      />
      <Select
        aria-label={words.waitingFor}
        placeholder={words.waitingFor}
        data={WAITING_FOR.map((one) => ({ value: one, label: words.waits[one] }))}
        value={filters.waiting ?? null}
        onChange={(waiting) => put({ waiting: waiting ?? undefined })}
        clearable
        w={140}
      />
      <MoreFilters filters={filters} put={put} />
      {MORE.map((one) => {
        const value = filters[one];
        return (
          value !== undefined && (
            <button
              key={one}
              type="button"
              className="chip"
              aria-label={words.without(`${MORE_WORDS[one]} ${value}`)}
              onClick={() => put({ [one]: undefined })}
            >
              <span className="dim">{one === 'meta' ? '' : MORE_WORDS[one]}</span> {value}
              <Icon name="close" />
            </button>
          )
        );
      })}
      {isNarrowing(filters) && (
        <Button variant="subtle" onClick={() => change({})}>
          {words.clear}
        </Button>
      )}
      <Statuses filters={filters} change={change} />
    </search>
  );
}

function Statuses({ filters, change }: Props) {
  const chosen = statusesOf(filters.status);
  return (
    <fieldset className="filters-status" aria-label={words.status}>
      {RUN_STATUSES.map((status) => (
        <button
          key={status}
          type="button"
          className="chip"
          aria-pressed={chosen.includes(status)}
          onClick={() => change(toggleStatus(filters, status))}
        >
          <StatusMark status={status} />
        </button>
      ))}
    </fieldset>
  );
}
