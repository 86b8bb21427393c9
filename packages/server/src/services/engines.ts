import { type EngineState, type EngineView, formatTime, type List } from '@tenuto/contract';
import type { Engine, EnginePlace, EngineRecord, OperationStore } from '@tenuto/engine';
import { authorize, type Caller } from '../auth/principal.ts';
import { timeView } from './job-view.ts';
import { listOf, type Paging, pageRequest } from './paging.ts';

export interface EngineParts {
  readonly operation: Pick<OperationStore, 'engines'>;
  readonly engine: Pick<Engine, 'id'>;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const place = {
  write: ({ startedMicros, engineId }: EnginePlace) => [startedMicros, engineId],
  read: ([startedMicros, engineId]: readonly unknown[]): EnginePlace | undefined =>
    typeof startedMicros === 'string' &&
    /^\d{1,18}$/.test(startedMicros) &&
    typeof engineId === 'string' &&
    UUID.test(engineId)
      ? { startedMicros, engineId }
      : undefined,
};

/** All engines of the database, those that are gone too; the last one that started first. */
export async function listEngines(
  { operation, engine }: EngineParts,
  caller: Caller,
  { state, ...paging }: Paging & { readonly state?: EngineState },
): Promise<List<EngineView>> {
  authorize(caller.principal, 'metrics:read', 'engines');
  const request = pageRequest(paging, place);
  const page = await operation.engines(state === undefined ? {} : { standing: state }, request);
  return listOf(page, request, {
    codec: place,
    key: (record) => record.key,
    item: (record) => engineView(record, engine.id),
  });
}

function engineView(record: EngineRecord, here: string): EngineView {
  const { name, host, pid, version, epoch, capacity, slots } = record;
  return {
    engine_id: record.engineId,
    ...{ name, host, pid, version },
    state: record.standing,
    answers: record.engineId === here,
    epoch,
    started_at: formatTime(record.startedAt),
    last_heartbeat_at: formatTime(record.beatAt),
    lease_ms: record.leaseMs,
    lease_until: formatTime(record.beatAt + record.leaseMs),
    stopped_at: timeView(record.stoppedAt),
    lost_at: timeView(record.lostAt),
    released_runs: record.releasedRuns,
    owned_runs: record.ownedRuns,
    running_nodes: record.runningNodes,
    ...{ capacity, slots },
  };
}
