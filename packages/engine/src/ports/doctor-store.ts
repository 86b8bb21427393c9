import type { RunStatus } from '@tenuto/contract';
import type { RunJournal } from '../run/journal-entry.ts';
import type { RunProgress } from './job-store.ts';

/** Something that must be true of the store. */
export interface DoctorCheck {
  readonly name: string;
  /** Number in the list of invariants, where it is one of them; see `INVARIANTS`. */
  readonly invariant?: number;
  /** What is true of a sound store, in one sentence. */
  readonly meaning: string;
  /** `error`: something is broken. `warning`: something will be, or may get lost in a crash. */
  readonly severity: 'error' | 'warning';
  /** What repair does about it; absent where a person has to decide. */
  readonly repair?: string;
}

/** One thing that is not as it must be. */
export interface Evidence {
  /** A run's id, or the name of what it is about. */
  readonly subject: string;
  readonly detail: string;
}

export interface CheckFindings {
  readonly check: string;
  /** How many were found, up to a bound. */
  readonly count: number;
  /** There are more than `count`. */
  readonly more: boolean;
  /** The first of them. */
  readonly evidence: readonly Evidence[];
}

/** A run with all that its row and its journal say, for replay. */
export interface ExaminedRun {
  readonly planHash: string;
  readonly status: RunStatus;
  /** It stands in the history. */
  readonly over: boolean;
  readonly progress: RunProgress | null;
  readonly journal: RunJournal;
  /** Of a fork: so many attempts at the beginning of its journal are another run's. */
  readonly takenOver?: number;
}

/** Which runs an examination has looked at one by one. */
export interface Sample {
  readonly liveRuns: number;
  readonly overRuns: number;
  /** Runs left out because their graphs are too large for what may be looked at. */
  readonly leftOut: number;
}

export interface ExaminationRequest {
  readonly checks: readonly string[];
  /** How many live runs, and how many of those that are over, are looked at one by one. */
  readonly runs: number;
  /** How many nodes these may have in all. */
  readonly nodes: number;
}

/** What replay has to say of the runs that an examination comes by. */
export interface RunVisitor {
  visit(run: ExaminedRun): Promise<void> | void;
  /** What the run's journal holds cannot even be read. */
  unreadable(runId: string, error: unknown): void;
}

/** In whose name repair changes something. */
export interface RepairActor {
  readonly actor: string;
  readonly requestId?: string;
}

export interface Repaired {
  readonly check: string;
  /** How many things were changed. */
  readonly count: number;
}

/**
 * What the doctor asks of the store. Every function throws OrchestrationError `store_unavailable`
 * when the database is away, and `overloaded` when a statement took longer than it may.
 */
export interface DoctorStore {
  /** The checks that the store makes itself. */
  readonly checks: readonly DoctorCheck[];
  /**
   * Makes checks on one snapshot of the store, so that what engines do meanwhile is no finding.
   *
   * @param visitor gets the sampled runs one by one; without, none is read
   * @returns what each check found, in the order of `request.checks`
   */
  examine(
    request: ExaminationRequest,
    visitor: RunVisitor | undefined,
  ): Promise<{ readonly sample: Sample; readonly findings: readonly CheckFindings[] }>;
  /** The document of a plan; undefined when there is none. */
  plan(hash: string): Promise<string | undefined>;
  /** Mends what these checks find; each change and its audit row are one transaction. */
  repair(checks: readonly string[], by: RepairActor): Promise<readonly Repaired[]>;
}
