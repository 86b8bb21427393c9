import { auditChain } from './audit-chain.ts';
import { auditGuard } from './audit-guard.ts';
import { auditUnsealed } from './audit-unsealed.ts';
import { batchGap } from './batch-gap.ts';
import { budgetReserved } from './budget-reserved.ts';
import { budgetSpent } from './budget-spent.ts';
import { changedAfterEnd } from './changed-after-end.ts';
import type { Check } from './check.ts';
import { completedTwice } from './completed-twice.ts';
import { deadRows } from './dead-rows.ts';
import { durability } from './durability.ts';
import { epochBehind } from './epoch-behind.ts';
import { eventBehind } from './event-behind.ts';
import { eventMatch } from './event-match.ts';
import { eventOrder } from './event-order.ts';
import { firingTwice } from './firing-twice.ts';
import { inboxBehind } from './inbox-behind.ts';
import { journalOrder } from './journal-order.ts';
import { lateClaimKey } from './late-claim-key.ts';
import { lateNotice } from './late-notice.ts';
import { leakedStart } from './leaked-start.ts';
import { liveStatus } from './live-status.ts';
import { lostKey } from './lost-key.ts';
import { lostRun } from './lost-run.ts';
import { missingArtifact } from './missing-artifact.ts';
import { missingAudit } from './missing-audit.ts';
import { missingFirings } from './missing-firings.ts';
import { missingOutput } from './missing-output.ts';
import { missingPartition } from './missing-partition.ts';
import { missingPlan } from './missing-plan.ts';
import { oldSnapshot } from './old-snapshot.ts';
import { openIntervention } from './open-intervention.ts';
import { orphanLease } from './orphan-lease.ts';
import { runTwice } from './run-twice.ts';
import { runningRecovery } from './running-recovery.ts';
import { silentRecovery } from './silent-recovery.ts';
import { strayInbox } from './stray-inbox.ts';
import { stuckRun } from './stuck-run.ts';
import { unfinishedHistory } from './unfinished-history.ts';
import { unheardMessage } from './unheard-message.ts';

/** Every check of the store, in the order in which they are told. */
export const CHECKS: readonly Check[] = [
  lostRun,
  runTwice,
  unfinishedHistory,
  liveStatus,
  missingPlan,
  missingPartition,
  orphanLease,
  stuckRun,
  lateClaimKey,
  leakedStart,
  strayInbox,
  inboxBehind,
  unheardMessage,
  journalOrder,
  completedTwice,
  changedAfterEnd,
  missingOutput,
  missingArtifact,
  batchGap,
  epochBehind,
  lostKey,
  openIntervention,
  runningRecovery,
  silentRecovery,
  missingAudit,
  auditGuard,
  auditChain,
  auditUnsealed,
  lateNotice,
  firingTwice,
  missingFirings,
  eventOrder,
  eventMatch,
  eventBehind,
  budgetSpent,
  budgetReserved,
  durability,
  deadRows,
  oldSnapshot,
];
