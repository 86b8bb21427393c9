import { SCHEDULE_KINDS, TASK_STATUSES } from '@tenuto/contract';
import { lookOf } from '../../logic/status.ts';
import { readTaskFilters, type TaskFilters } from '../../logic/task-filters.ts';
import { FilterField } from '../../ui/filter-field.tsx';
import { StatusGlyph } from '../../ui/icons.tsx';
import { StatusMark } from '../../ui/status.tsx';
import { TASK_WORDS as words } from '../../words-task.ts';

interface Props {
  readonly filters: TaskFilters;
  readonly change: (next: TaskFilters) => void;
}

/** Filters of the list, which stand in the address. */
export function TaskFilterBar({ filters, change }: Props) {
  const flip = (name: 'status' | 'kind' | 'failing', value: string) =>
    change(readTaskFilters({ ...filters, [name]: filters[name] === value ? undefined : value }));
  return (
    <search className="row task-filters">
      <FilterField
        label={words.search}
        value={filters.title ?? ''}
        put={(title) => change(readTaskFilters({ ...filters, title }))}
        isSearch
      />
      <fieldset className="row presets" aria-label={words.status}>
        {TASK_STATUSES.map((status) => (
          <button
            key={status}
            type="button"
            className="chip"
            aria-pressed={filters.status === status}
            onClick={() => flip('status', status)}
          >
            <StatusMark status={status} />
          </button>
        ))}
        <button
          type="button"
          className="chip"
          aria-pressed={filters.failing === 'yes'}
          onClick={() => flip('failing', 'yes')}
        >
          <span className="status tone-red">
            <StatusGlyph icon={lookOf('failed').icon} />
            <span className="status-word">{words.failing}</span>
          </span>
        </button>
      </fieldset>
      <fieldset className="row presets" aria-label={words.kind}>
        {SCHEDULE_KINDS.map((kind) => (
          <button
            key={kind}
            type="button"
            className="chip"
            aria-pressed={filters.kind === kind}
            onClick={() => flip('kind', kind)}
          >
            {words.kinds[kind]}
          </button>
        ))}
      </fieldset>
    </search>
  );
}
