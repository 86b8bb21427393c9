import { Button } from '@mantine/core';
import { type ErrorComponentProps, Link } from '@tanstack/react-router';
import { newBuild } from '../data/build.ts';
import { useStore } from '../data/store.ts';
import { Empty, messageOf } from '../ui/notice.tsx';
import { WORDS } from '../words.ts';

/** In place of a view that has broken; the rest of the page goes on. */
export function BrokenView({ error, reset }: ErrorComponentProps) {
  const isOutdated = useStore(newBuild);
  // The notice above it says so, and has the button that helps.
  if (isOutdated) return <Empty title={WORDS.error.outdated} />;
  return (
    <div className="page">
      <div className="failure" role="alert">
        <strong>{WORDS.error.view}</strong>
        <p>{WORDS.error.viewDetail}</p>
        <code>{messageOf(error)}</code>
        <Button variant="default" onClick={reset}>
          {WORDS.error.again}
        </Button>
      </div>
    </div>
  );
}

/** Where an address leads nowhere. */
export function NoSuchPage() {
  return (
    <Empty title={WORDS.error.missing} text={WORDS.error.missingDetail}>
      <Link to="/runs">{WORDS.error.toRuns}</Link>
    </Empty>
  );
}
