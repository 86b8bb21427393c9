import { useMemo } from 'react';
import { useOpenApprovals } from './approvals.ts';
import { useOpenInterventions } from './interventions.ts';
import { useWaitingPhases } from './phased.ts';

/** Runs that wait for a person; the rail asks for the same, so that nothing more is read. */
export function useRunsThatCall(): ReadonlySet<string> {
  const { data: interventions } = useOpenInterventions();
  const { data: approvals } = useOpenApprovals();
  const { data: phases } = useWaitingPhases();
  return useMemo(
    () =>
      new Set([
        ...(interventions?.items ?? []).map(({ job_id: id }) => id),
        ...(approvals?.items ?? []).map(({ run_id: id }) => id),
        ...(phases?.items ?? []).map(({ run_id: id }) => id),
      ]),
    [interventions, approvals, phases],
  );
}
