import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { useHome } from '../../data/home.ts';
import { useMay } from '../../data/scopes.ts';
import { Page } from '../../ui/page.tsx';
import { WORDS } from '../../words.ts';
import { HOME_WORDS as words } from '../../words-home.ts';
import { FirstSteps } from './first-steps.tsx';
import { LatestFailures, NextFirings, RunningNow } from './home-cards.tsx';
import { NeedsMe } from './needs-card.tsx';
import { Troubles } from './troubles.tsx';
import { Verdict } from './verdict.tsx';
import './home.css';

const Throughput = lazy(async () => ({ default: (await import('./throughput.tsx')).Throughput }));

/** Three questions in ten seconds: is anything wrong, what needs me, what comes next. */
export function HomePage() {
  const may = useMay();
  const submit = may('jobs:write') && (
    <>
      <span className="grow" />
      <Button component={Link} to="/submit">
        {words.submit}
      </Button>
    </>
  );
  return (
    <Page title={WORDS.nav.home} aside={submit}>
      <Verdict />
      <Beginning />
      <div className="home">
        <NeedsMe />
        <div className="home-column">
          <Troubles />
          <RunningNow />
        </div>
        <div className="home-column">
          <LatestFailures />
          <NextFirings />
        </div>
        <Suspense fallback={<div className="card home-chart" />}>
          <Throughput />
        </Suspense>
      </div>
    </Page>
  );
}

/** Only where there is no run at all. */
function Beginning() {
  const { data } = useHome();
  return data?.has_runs === false ? <FirstSteps /> : null;
}
