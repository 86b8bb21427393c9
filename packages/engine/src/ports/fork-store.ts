import type { TestStatus } from '@tenuto/contract';
import type { TakenOver } from '../run/fork.ts';
import type { AuditAccess, AuditRecord } from './audit-store.ts';
import type { TokenUsage } from './call-ledger.ts';
import type { Submission } from './engine-api.ts';
import type { Access } from './job-store.ts';

/** A run that begins with attempts of another one. */
export interface Fork {
  readonly runId: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly submission: Submission;
  /** The run that it is of. */
  readonly original: string;
  /** The node that it begins at, where one was named. */
  readonly fromNode?: string;
  /** In the order of the journal; with none of them the run begins like any other. */
  readonly taken: readonly TakenOver[];
}

/** `gone`: attempts that were to be taken over are not there any more. */
export type ForkResult = 'made' | 'duplicate' | 'gone';

/** What of a node tells whether two runs agree about it. */
export interface NodeDigest {
  readonly node: number;
  /** The same for outputs of the same text; null when there is none. */
  readonly output: string | null;
  readonly error: string | null;
  readonly durationMs: number;
}

/** An artifact of a run, without its bytes. */
export interface ArtifactDigest {
  readonly node: number;
  readonly attempt: number;
  readonly path: string;
  readonly mediaType: string;
  readonly sizeBytes: number;
  /** SHA-256, in hex. */
  readonly hash: string;
  /** Its bytes are in the database; else in the store of blobs. */
  readonly inDatabase: boolean;
}

/** What the models that a node has asked have cost. */
export interface NodeSpend {
  readonly node: number;
  readonly costNanoUsd: number;
  /** The part of it that stands for recorded answers. */
  readonly recordedNanoUsd: number;
  readonly usage: TokenUsage;
}

/** The last result of a test in a run. */
export interface RunTest {
  readonly testId: string;
  readonly nodeId: string;
  readonly attempt: number;
  readonly suite: string;
  readonly classname: string;
  readonly name: string;
  readonly status: TestStatus;
  readonly flaky: boolean;
  readonly quarantined: boolean;
  readonly durationMs: number;
  readonly message: string | null;
}

/** A line that a node wrote. */
export interface TailLine {
  readonly node: number;
  readonly attempt: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly stream: string;
  readonly text: string;
}

/** A row of the audit with what it was sealed by. */
export interface SealedAuditRow extends AuditRecord {
  /** SHA-256 of the row as the chain has it, in hex. */
  readonly rowHash: string;
  /** Null while it is not sealed. */
  readonly seal: { readonly number: number; readonly hash: string } | null;
}

/** Forks, and what is asked about runs side by side. Throws as `JobStore` does. */
export interface ForkStore {
  /** Id and time of a run that is to be made, by the database's clock. */
  nextRun(): Promise<{ readonly runId: string; readonly at: number }>;
  /** Stores the run, what it takes over, the audit row and the key in one transaction. */
  insert(fork: Fork): Promise<ForkResult>;
  /** The last attempt of each node that has had one, by node. */
  digests(access: Access, runId: string): Promise<readonly NodeDigest[]>;
  /** The present versions of the run's, by path, at most `limit`. */
  artifacts(access: Access, runId: string, limit: number): Promise<readonly ArtifactDigest[]>;
  /** What its nodes have paid for; those that have paid for nothing are left out. */
  spend(access: Access, runId: string): Promise<readonly NodeSpend[]>;
  /** The last result of each test in each node, by suite and name, at most `limit`. */
  tests(access: Access, runId: string, limit: number): Promise<readonly RunTest[]>;
  /** The last lines of each node, as many as fit, in the order of the nodes. */
  logTails(
    access: Access,
    of: {
      readonly runId: string;
      readonly ofNode: number;
      readonly lines: number;
      readonly chars: number;
    },
  ): Promise<{ readonly lines: readonly TailLine[]; readonly more: boolean }>;
  /** Rows about one subject, oldest first, at most `limit`. */
  sealedRows(
    access: AuditAccess,
    of: { readonly subject: string; readonly limit: number },
  ): Promise<readonly SealedAuditRow[]>;
  /** Bytes that are in the database, by hash; those that the run does not have are left out. */
  bytes(
    access: Access,
    of: { readonly runId: string; readonly hashes: readonly string[] },
  ): Promise<ReadonlyMap<string, Uint8Array>>;
}
