import { Link } from '@tanstack/react-router';
import { useRunName } from '../data/runs.ts';

interface Props {
  readonly runId: string;
  /** The node that is looked at there. */
  readonly node?: string | null;
}

/** The way to a run, by its name; by the end of its id until that is known. */
export function RunLink({ runId, node }: Props) {
  const name = useRunName(runId);
  return (
    <Link
      to="/runs/$runId"
      params={{ runId }}
      search={node === undefined || node === null ? {} : { node }}
      title={runId}
    >
      {name ?? runId.slice(-8)}
    </Link>
  );
}
