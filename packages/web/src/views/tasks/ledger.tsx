import { Select } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { FIRING_OUTCOMES, type FiringView, type RunStatus } from '@tenuto/contract';
import { useFirings, useLastRuns } from '../../data/tasks.ts';
import { duration } from '../../logic/format.ts';
import { type LedgerLine, ledgerLines } from '../../logic/ledger.ts';
import type { TaskSearch } from '../../logic/task-filters.ts';
import { Paged } from '../../ui/paged.tsx';
import { Rows } from '../../ui/rows.tsx';
import { StatusMark } from '../../ui/status.tsx';
import { When } from '../../ui/time.tsx';
import { statusWord } from '../../words.ts';
import { TASK_WORDS } from '../../words-task.ts';

const words = TASK_WORDS.page;

interface Props {
  readonly taskId: string;
  readonly zone: string;
  readonly search: TaskSearch;
}

/** Every firing that was expected or asked for, and what came of it, by the clock of the task. */
export function Ledger({ taskId, zone, search }: Props) {
  const pages = useFirings(taskId, search);
  const { data: runs } = useLastRuns(taskId);
  const ends = new Map(runs?.items.map((run) => [run.run_id, run.status]));
  const navigate = useNavigate();
  const show = (outcome: string | null) =>
    void navigate({
      ...{ to: '/tasks/$taskId', params: { taskId }, replace: true },
      search: outcome === null ? {} : { outcome },
    });
  const empty = search.outcome === undefined ? words.noLedger : words.noSuchFiring;
  return (
    <section className="card" aria-label={words.ledger}>
      <header>
        <h2>{words.ledger}</h2>
        <span className="dim grow ledger-text">{words.ledgerText}</span>
        <Select
          aria-label={words.outcome}
          placeholder={words.everyOutcome}
          data={FIRING_OUTCOMES.map((value) => ({ value, label: statusWord(value) }))}
          value={search.outcome ?? null}
          onChange={show}
          clearable
          className="medium-input"
        />
      </header>
      <Paged pages={pages} empty={<p className="card-body dim">{empty}</p>}>
        {(firings) => <Lines lines={ledgerLines(firings, zone)} zone={zone} ends={ends} />}
      </Paged>
    </section>
  );
}

interface LinesProps {
  readonly lines: readonly LedgerLine[];
  readonly zone: string;
  /** How runs have ended, as far as that is known. */
  readonly ends: ReadonlyMap<string, RunStatus>;
}

function Lines({ lines, zone, ends }: LinesProps) {
  const isWhole = lines.every((line) => line.kind === 'clocks' || line.local.endsWith(':00'));
  return (
    <div className="table-scroll">
      <table className="table table-cards ledger">
        <thead>
          <tr>
            <th>{`${words.due} (${zone})`}</th>
            <th>{words.ago}</th>
            <th>{words.outcome}</th>
            <th>{words.run}</th>
            <th>{words.origin}</th>
            <th>{words.late}</th>
          </tr>
        </thead>
        <Rows items={lines}>
          {(line) =>
            line.kind === 'clocks' ? (
              <Clocks key={line.change.at} line={line} />
            ) : (
              <Firing key={line.firing.at + line.firing.key} {...{ line, ends, isWhole }} />
            )
          }
        </Rows>
      </table>
    </div>
  );
}

function Clocks({ line: { change } }: { readonly line: Extract<LedgerLine, { kind: 'clocks' }> }) {
  const clock = (wall: string) => wall.slice(11, 16);
  return (
    <tr className="clock-line">
      <td colSpan={6} className="dst">
        {words.clock[change.kind](clock(change.from), clock(change.to))}
      </td>
    </tr>
  );
}

interface FiringProps extends Pick<LinesProps, 'ends'> {
  readonly line: Extract<LedgerLine, { kind: 'firing' }>;
  /** Whether all of them are at whole minutes. */
  readonly isWhole: boolean;
}

function Firing({ line, ends, isWhole }: FiringProps) {
  const { firing, local, offset } = line;
  const end = firing.run_id === null ? undefined : ends.get(firing.run_id);
  return (
    <tr>
      <td className="first num">
        {isWhole ? local.slice(0, -3) : local}
        {offset !== 'UTC' && <span className="dim"> {offset}</span>}
      </td>
      <td className="dim">
        <When at={firing.tick} />
      </td>
      <td>
        <StatusMark status={firing.outcome} />
        <span className="dim">{reasonOf(firing)}</span>
      </td>
      <td>
        {firing.run_id !== null && (
          <Link to="/runs/$runId" params={{ runId: firing.run_id }} className="ledger-run">
            {end !== undefined && <StatusMark status={end} bare />}
            {firing.run_id.slice(-8)}
          </Link>
        )}
      </td>
      <td>
        <Origin firing={firing} />
      </td>
      <td className="num" data-label={words.late}>
        {firing.late_ms === null ? '–' : duration(firing.late_ms)}
      </td>
    </tr>
  );
}

/** Why it came out so; of what was fired later, that it had to wait. */
function reasonOf({ outcome, reason }: FiringView): string {
  if (reason === null) return '';
  const waited = outcome === 'fired' && (reason === 'overlap' || reason === 'concurrency');
  return ` · ${waited ? TASK_WORDS.waited : TASK_WORDS.reasons[reason]}`;
}

function Origin({ firing: { origin, event_id: event } }: { readonly firing: FiringView }) {
  const word = TASK_WORDS.origins[origin];
  if (event === null) return <>{word}</>;
  return (
    <Link to="/events" search={{ event }}>
      {word}
    </Link>
  );
}
