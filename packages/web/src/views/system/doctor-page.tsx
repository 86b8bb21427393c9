import { Button, Switch } from '@mantine/core';
import type { DoctorReportBody } from '@tenuto/contract';
import { useState } from 'react';
import { useExamination, useRepair } from '../../data/doctor.ts';
import { count, duration } from '../../logic/format.ts';
import { Confirm, type Question } from '../../ui/confirm.tsx';
import { Failure } from '../../ui/notice.tsx';
import { Page } from '../../ui/page.tsx';
import { Waiting } from '../../ui/skeleton.tsx';
import { StatusMark } from '../../ui/status.tsx';
import { SystemSections } from '../../ui/system-sections.tsx';
import { When } from '../../ui/time.tsx';
import { tell, tellFailure } from '../../ui/toasts.ts';
import { DOCTOR_WORDS as words } from '../../words-doctor.ts';
import { type Check, Findings, Passed } from './doctor-checks.tsx';
import './system.css';

/** What must be true of the store, and whether it is. */
export function DoctorPage() {
  const [deep, setDeep] = useState(false);
  const { data, error, isFetching, refetch } = useExamination(deep);
  return (
    <Page
      title={words.title}
      aside={
        <>
          <span className="grow" />
          <Switch
            label={words.deep}
            checked={deep}
            onChange={(event) => setDeep(event.currentTarget.checked)}
          />
          <Button variant="default" loading={isFetching} onClick={() => void refetch()}>
            {words.run}
          </Button>
        </>
      }
    >
      <SystemSections />
      <p className="dim">{words.text}</p>
      {/* What was found before stays, and that it was not looked at again is said. */}
      {error !== null && <Failure error={error} again={() => void refetch()} />}
      {data === undefined && error === null && <Waiting />}
      {data !== undefined && <Report report={data} />}
    </Page>
  );
}

const SIGNS = { ok: 'well', warning: 'degraded', error: 'broken' } as const;

function Report({ report }: { readonly report: DoctorReportBody }) {
  const found = report.checks.filter(({ verdict }) => verdict !== 'ok');
  const passed = report.checks.filter(({ verdict }) => verdict === 'ok');
  const mendable = found.filter(({ repair }) => repair !== null);
  const { ask, question, close } = useRepairQuestion();
  return (
    <>
      <section className="card verdict" data-state={SIGNS[report.verdict]}>
        <header>
          <StatusMark status={SIGNS[report.verdict]} bare />
          <h2 className="grow">{verdictOf(report)}</h2>
          {mendable.length > 1 && <Button onClick={() => ask(mendable)}>{words.repairAll}</Button>}
        </header>
        <p className="card-body dim">
          <Looked report={report} />
        </p>
      </section>
      {found.length > 0 && <Findings checks={found} repair={(check) => ask([check])} />}
      <Passed checks={passed} />
      <p className="dim row">
        {words.terminal} <code>{words.example}</code>
      </p>
      <Confirm question={question} close={close} />
    </>
  );
}

function verdictOf({ verdict, checks }: DoctorReportBody): string {
  if (verdict === 'ok') return words.verdict.ok;
  return words.verdict[verdict](checks.filter((check) => check.verdict === verdict).length);
}

function Looked({ report }: { readonly report: DoctorReportBody }) {
  const { checks, sample, duration_ms: ms, examined_at: at } = report;
  const { live_runs: live, over_runs: over, left_out: leftOut } = sample;
  return (
    <>
      {words.looked(checks.length, count(live), count(over), duration(ms))}
      {leftOut > 0 && `, ${words.leftOut(count(leftOut))}`}, <When at={at} />
    </>
  );
}

/** Asks with what would be done, check by check. */
function useRepairQuestion() {
  const [question, setQuestion] = useState<Question>();
  const repair = useRepair();
  const act = (checks: readonly Check[]) =>
    repair.mutate(
      checks.map(({ name }) => name),
      {
        onSuccess: ({ repaired }) =>
          tell(words.done(repaired.reduce((sum, each) => sum + each.count, 0))),
        onError: (error) => tellFailure(words.failed, error),
      },
    );
  const ask = (checks: readonly Check[]) =>
    setQuestion({
      ...{ title: words.ask, text: words.askText, verb: words.repair, danger: true },
      children: (
        <ul className="repairs">
          {checks.map(({ name, count: found, more, repair: deed }) => (
            <li key={name}>
              <code>{name}</code> ({count(found)}
              {more && '+'}): {deed}
            </li>
          ))}
        </ul>
      ),
      act: () => act(checks),
    });
  return { ask, question, close: () => setQuestion(undefined) };
}
