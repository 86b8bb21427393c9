import { lazy, Suspense } from 'react';
import { Page } from '../../ui/page.tsx';
import { WORDS } from '../../words.ts';
import { LatestFailures, NeedsMe, NextFirings, RunningNow, Verdict } from './home-cards.tsx';
import './home.css';

const Throughput = lazy(async () => ({ default: (await import('./throughput.tsx')).Throughput }));

/** Three questions in ten seconds: is anything wrong, what needs me, what comes next. */
export function HomePage() {
  return (
    <Page title={WORDS.nav.home}>
      <Verdict />
      <div className="home">
        <div className="home-column">
          <NeedsMe />
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
