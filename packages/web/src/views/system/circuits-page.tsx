import { Button, Select } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { CIRCUIT_STATES, type CircuitView } from '@tenuto/contract';
import { useState } from 'react';
import { useCircuits } from '../../data/circuits.ts';
import { useMay } from '../../data/scopes.ts';
import { isNarrowing } from '../../logic/strict-search.ts';
import { type CircuitSearch, readCircuitSearch } from '../../logic/system-search.ts';
import { FilterField } from '../../ui/filter-field.tsx';
import { useListKeys } from '../../ui/list-keys.ts';
import { Empty } from '../../ui/notice.tsx';
import { Page } from '../../ui/page.tsx';
import { Paged } from '../../ui/paged.tsx';
import { Rows } from '../../ui/rows.tsx';
import { StatusMark } from '../../ui/status.tsx';
import { SystemSections } from '../../ui/system-sections.tsx';
import { When } from '../../ui/time.tsx';
import { CIRCUIT_WORDS as words } from '../../words-circuits.ts';
import { CIRCUIT_MARKS, Tried } from './circuit-marks.tsx';
import { CircuitPanel } from './circuit-panel.tsx';
import { TripDialog } from './trip-dialog.tsx';
import './system.css';

/** The circuit breakers of one's runs, as they are. */
export function CircuitsPage() {
  const search = useSearch({ from: '/system/circuits' });
  const navigate = useNavigate();
  const may = useMay();
  const [tripping, setTripping] = useState(false);
  const go = (next: CircuitSearch) =>
    void navigate({ to: '/system/circuits', search: next, replace: true });
  const { circuit: _circuit, ...filters } = search;
  return (
    <Page
      title={words.title}
      aside={
        <>
          <span className="grow" />
          {may('jobs:write') && <Button onClick={() => setTripping(true)}>{words.tripNew}</Button>}
        </>
      }
    >
      <SystemSections />
      <p className="dim">{words.text}</p>
      <Filters filters={filters} change={go} />
      <div className={search.circuit === undefined ? undefined : 'with-side'}>
        <List
          filters={filters}
          picked={search.circuit}
          open={(circuit) => go({ ...filters, circuit })}
          go={go}
        />
        {search.circuit !== undefined && (
          <CircuitPanel name={search.circuit} close={() => go(filters)} />
        )}
      </div>
      {tripping && <TripDialog close={() => setTripping(false)} />}
    </Page>
  );
}

interface FiltersProps {
  readonly filters: CircuitSearch;
  readonly change: (next: CircuitSearch) => void;
}

function Filters({ filters, change }: FiltersProps) {
  return (
    <search className="row">
      <FilterField
        label={words.filterKey}
        value={filters.key ?? ''}
        put={(key) => change(readCircuitSearch({ ...filters, key }))}
        isSearch
      />
      <Select
        aria-label={words.state}
        placeholder={words.anyState}
        data={CIRCUIT_STATES.map((value) => ({ value, label: words.states[value] }))}
        value={filters.state ?? null}
        onChange={(state) => change(readCircuitSearch({ ...filters, state }))}
        clearable
        w={130}
      />
    </search>
  );
}

interface ListProps {
  readonly filters: CircuitSearch;
  readonly picked: string | undefined;
  readonly open: (key: string) => void;
  readonly go: (next: CircuitSearch) => void;
}

function List({ filters, picked, open, go }: ListProps) {
  const pages = useCircuits(filters);
  useListKeys('.circuit-link');
  return (
    <Paged pages={pages} empty={<NoCircuits filters={filters} clear={() => go({})} />}>
      {(circuits) => (
        <div className="card table-scroll">
          <table className="table table-cards">
            <thead>
              <tr>
                <th>{words.state}</th>
                <th>{words.key}</th>
                <th>{words.failures}</th>
                <th>{words.opens}</th>
                <th>{words.reason}</th>
                <th>{words.changed}</th>
              </tr>
            </thead>
            <Rows items={circuits}>
              {(circuit) => (
                <CircuitRow
                  key={`${circuit.owner} ${circuit.key}`}
                  circuit={circuit}
                  isPicked={circuit.key === picked}
                  open={() => open(circuit.key)}
                />
              )}
            </Rows>
          </table>
        </div>
      )}
    </Paged>
  );
}

function NoCircuits({
  filters,
  clear,
}: Pick<FiltersProps, 'filters'> & { readonly clear: () => void }) {
  if (!isNarrowing(filters)) {
    return <Empty title={words.empty} text={words.emptyText} example={words.emptyExample} />;
  }
  return (
    <Empty title={words.noMatch}>
      <Button variant="default" onClick={clear}>
        {words.clear}
      </Button>
    </Empty>
  );
}

function CircuitRow({
  circuit,
  isPicked,
  open,
}: {
  readonly circuit: CircuitView;
  readonly isPicked: boolean;
  readonly open: () => void;
}) {
  const { state, key, failures, successes, settings, reason, changed_by: by } = circuit;
  return (
    <tr aria-current={isPicked ? 'true' : undefined}>
      <td>
        <StatusMark status={CIRCUIT_MARKS[state]} />
      </td>
      <td className="first">
        <button type="button" className="link-button circuit-link" onClick={open}>
          {key}
        </button>
      </td>
      <td className="num" data-label={words.failures}>
        {state === 'closed' && words.ofThreshold(failures, settings.failure_threshold)}
        {state === 'half_open' && words.successes(successes, settings.success_threshold)}
      </td>
      <td data-label={words.opens}>
        <Tried circuit={circuit} />
      </td>
      <td className="cut circuit-reason" data-label={words.reason}>
        {reason}
        {by !== null && <span className="dim"> {words.byHand(by)}</span>}
      </td>
      <td data-label={words.changed}>
        <When at={circuit.updated_at} />
      </td>
    </tr>
  );
}
