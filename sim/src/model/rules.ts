/**
 * The rules that keep the store sound, each of which can be taken away. A simulation that does not
 * notice the absence of one proves nothing by its silence.
 */
export interface Rules {
  /** A flush is answered only after its commit. */
  readonly commitsBeforeAnswer: boolean;
  /** A flush asks for the fence of its lane. */
  readonly flushTakesFence: boolean;
  /** A batch that was committed before writes nothing. */
  readonly gateRefusesCopies: boolean;
  /** A copy is told which runs had been submitted before. */
  readonly copyTellsDuplicates: boolean;
  /** A copy is told which runs have not ended, or not been given up. */
  readonly copyTellsRefused: boolean;
  /** A batch keeps the starts that ride in it. */
  readonly batchKeepsStarts: boolean;
  /** A takeover makes rows of the starts that only batches know. */
  readonly takeoverKeepsStarts: boolean;
  /** A takeover reads the heartbeat again once it has the fence. */
  readonly takeoverReadsBeat: boolean;
  /** A run ends only when its owner has seen all of its inbox. */
  readonly finishAsksInbox: boolean;
  /** A run is given up only when its owner has seen all of its inbox. */
  readonly releaseAsksInbox: boolean;
  /** A claim takes only runs that nobody owns. */
  readonly claimSkipsOwned: boolean;
  /** A claim asks for the engine's fence. */
  readonly claimTakesFence: boolean;
  /** An engine that registers gets an epoch of its own. */
  readonly registerRaisesEpoch: boolean;
  /** An engine that still owns runs does not take its fences down. */
  readonly retireAsksRuns: boolean;
  /** An idempotency key is used once. */
  readonly keysAreUnique: boolean;
  /** The audit row is part of the transaction of its change. */
  readonly auditIsAtomic: boolean;
  /** The time of a retry is part of the journal that an engine reads. */
  readonly journalKeepsRetryAt: boolean;
  /** What is not about attempts is part of the journal that an engine reads. */
  readonly journalKeepsEvents: boolean;
  /** What is stored by its hash is there when it was said to be. */
  readonly blobsAreKept: boolean;
  /** A fence stands under its own epoch only, not under those before it. */
  readonly epochsAreExact: boolean;
  /** One engine at a time has the slot for the probe of a circuit. */
  readonly probesTakeSlot: boolean;
}

export const SOUND: Rules = {
  commitsBeforeAnswer: true,
  flushTakesFence: true,
  gateRefusesCopies: true,
  copyTellsDuplicates: true,
  copyTellsRefused: true,
  batchKeepsStarts: true,
  takeoverKeepsStarts: true,
  takeoverReadsBeat: true,
  finishAsksInbox: true,
  releaseAsksInbox: true,
  claimSkipsOwned: true,
  claimTakesFence: true,
  registerRaisesEpoch: true,
  retireAsksRuns: true,
  keysAreUnique: true,
  auditIsAtomic: true,
  journalKeepsRetryAt: true,
  journalKeepsEvents: true,
  blobsAreKept: true,
  epochsAreExact: true,
  probesTakeSlot: true,
};
