import { SegmentedControl } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { ENGINE_STATES, type EngineView } from '@tenuto/contract';
import { useEngines } from '../../data/engines.ts';
import { count } from '../../logic/format.ts';
import { type EngineSearch, readEngineSearch } from '../../logic/system-search.ts';
import { CopyId } from '../../ui/copy-id.tsx';
import { Empty } from '../../ui/notice.tsx';
import { Page } from '../../ui/page.tsx';
import { Paged } from '../../ui/paged.tsx';
import { StatusMark } from '../../ui/status.tsx';
import { SystemSections } from '../../ui/system-sections.tsx';
import { useNow, When } from '../../ui/time.tsx';
import { statusWord } from '../../words.ts';
import { ENGINE_WORDS as words } from '../../words-engines.ts';
import './system.css';

/** The processes that own runs, and what became of those that are gone. */
export function EnginesPage() {
  const { state } = useSearch({ from: '/system/engines' });
  const navigate = useNavigate();
  const pages = useEngines(state);
  const go = (search: EngineSearch) =>
    void navigate({ to: '/system/engines', search, replace: true });
  return (
    <Page title={words.title}>
      <SystemSections />
      <div className="row">
        <p className="dim lead">{words.text}</p>
        <SegmentedControl
          aria-label={words.filter}
          value={state ?? ''}
          onChange={(value) => go(readEngineSearch({ state: value }))}
          data={[
            { value: '', label: words.all },
            ...ENGINE_STATES.map((value) => ({ value, label: statusWord(value) })),
          ]}
        />
      </div>
      <Paged pages={pages} empty={<Empty title={words.empty} />}>
        {(engines) => (
          <div className="card table-scroll">
            <table className="table table-cards engines">
              <thead>
                <tr>
                  <th>{words.state}</th>
                  <th>{words.name}</th>
                  <th>{words.runs}</th>
                  <th>{words.nodes}</th>
                  <th>{words.heartbeat}</th>
                  <th>{words.epoch}</th>
                  <th>{words.started}</th>
                  <th>{words.version}</th>
                </tr>
              </thead>
              {engines.map((engine) => (
                <EngineRows key={engine.engine_id} engine={engine} />
              ))}
            </table>
          </div>
        )}
      </Paged>
    </Page>
  );
}

/** One engine; what became of it and its runs stands below, where there is something to say. */
function EngineRows({ engine }: { readonly engine: EngineView }) {
  const what =
    engine.state === 'lost' ? words.what.lost(engine.released_runs ?? 0) : words.what[engine.state];
  const gone = engine.lost_at ?? engine.stopped_at;
  return (
    <tbody>
      <tr>
        <td>
          <StatusMark status={engine.state} />
        </td>
        <td className="first">
          <Name engine={engine} />
        </td>
        <td>
          <Used used={engine.owned_runs} most={engine.capacity} unit={words.runs} />
        </td>
        <td>
          <Used used={engine.running_nodes} most={engine.slots} unit={words.nodes} />
        </td>
        <td>
          <Heartbeat engine={engine} />
        </td>
        <td className="num">
          <span className="only-card dim">{words.epoch} </span>
          {count(engine.epoch)}
        </td>
        <td>
          <span className="only-card dim">{words.started} </span>
          <When at={engine.started_at} />
        </td>
        <td className="dim">{engine.version}</td>
      </tr>
      {what !== '' && (
        <tr className="engine-what">
          <td colSpan={8}>
            {gone !== null && (
              <span>
                {engine.state === 'lost' ? words.lostAt : words.stoppedAt} <When at={gone} />.{' '}
              </span>
            )}
            {what}
          </td>
        </tr>
      )}
    </tbody>
  );
}

function Name({ engine: { name, pid, answers, engine_id: id } }: { readonly engine: EngineView }) {
  return (
    <span className="engine-name">
      <strong>{name}</strong>
      {pid !== null && <span className="dim">{words.pid(pid)}</span>}
      {answers && <span className="tag">{words.here}</span>}
      <CopyId id={id} />
    </span>
  );
}

interface UsedProps {
  readonly used: number;
  readonly most: number | null;
  readonly unit: string;
}

function Used({ used, most, unit }: UsedProps) {
  const share = most === null || most === 0 ? 0 : Math.min(100, (used / most) * 100);
  return (
    <span className="num used">
      <span className="only-card dim">{unit}</span>
      {most !== null && (
        <span className="meter" aria-hidden="true">
          <span style={{ width: `${share}%` }} />
        </span>
      )}
      {most === null ? count(used) : words.ofMost(count(used), count(most))}
    </span>
  );
}

/** When it was heard of, and how long others wait before they take over. */
function Heartbeat({ engine }: { readonly engine: EngineView }) {
  const now = useNow();
  const isOver = engine.state === 'live' && Date.parse(engine.lease_until) < now;
  return (
    <span>
      <span className="only-card dim">{words.heartbeat} </span>
      <When at={engine.last_heartbeat_at} />
      {engine.state === 'silent' || isOver ? (
        <span className="tone-amber">
          {' '}
          · {words.lease.toLowerCase()} {words.leaseOver}
        </span>
      ) : null}
    </span>
  );
}
