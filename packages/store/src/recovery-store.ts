import type { RecoveryStore } from '@tenuto/engine';
import type { Database } from './queries/database.ts';
import { decideIntervention } from './queries/intervention-decide.ts';
import {
  assignIntervention,
  findIntervention,
  listInterventions,
} from './queries/interventions.ts';
import {
  effectivenessOf,
  findRecovery,
  listRecoveries,
  listRecoveryAudits,
} from './queries/recoveries.ts';

/** What the API asks about recoveries, on the pool of its other questions. */
export function createRecoveryStore(db: Database): RecoveryStore {
  return {
    recovery: (access, sessionId) => findRecovery(db, access, sessionId),
    recoveries: (access, filter, page) => listRecoveries(db, access, filter, page),
    audits: (access, filter, page) => listRecoveryAudits(db, access, filter, page),
    effectiveness: (access) => effectivenessOf(db, access),
    intervention: (access, id) => findIntervention(db, access, id),
    interventions: (access, filter, page) => listInterventions(db, access, filter, page),
    assign: (access, assignment) => assignIntervention(db, access, assignment),
    decide: (access, decision) => decideIntervention(db, access, decision),
  };
}
