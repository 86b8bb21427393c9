/** The doctor: checks the invariants on the store as it is, tells evidence, and repairs on request. */
import { OrchestrationError } from '@tenuto/contract';
import { compileStoredPlan, type Plan } from '../plan/index.ts';
import type {
  CheckFindings,
  DoctorCheck,
  DoctorStore,
  RepairActor,
  Repaired,
  RunVisitor,
  Sample,
} from '../ports/doctor-store.ts';
import { createFindings } from './findings.ts';
import { judgeRun } from './replay.ts';
import { REPLAY_CHECK_LIST } from './replay-checks.ts';

export interface ExamineOptions {
  /** Names of the checks to make; all of them when absent. */
  readonly checks?: readonly string[];
  /** Looks at many more runs one by one, and takes its time. */
  readonly deep?: boolean;
  /** How many live runs, and how many of those that are over, are looked at one by one. */
  readonly limit?: number;
}

/** What one check found. */
export interface CheckReport extends DoctorCheck, Omit<CheckFindings, 'check'> {
  readonly verdict: 'ok' | 'warning' | 'error';
}

export interface DoctorReport {
  /** The worst verdict of all. */
  readonly verdict: CheckReport['verdict'];
  readonly sample: Sample;
  readonly checks: readonly CheckReport[];
}

export interface RepairReport {
  readonly found: DoctorReport;
  readonly repaired: readonly Repaired[];
  /** What is left; absent when nothing was to be changed. */
  readonly left?: DoctorReport;
}

export interface Doctor {
  readonly checks: readonly DoctorCheck[];
  /** @throws OrchestrationError 400 for a check that there is not, 503 when the store is away */
  examine(options?: ExamineOptions): Promise<DoctorReport>;
  /**
   * Examines, mends what can be mended, and examines again.
   *
   * @throws OrchestrationError as `examine`
   */
  repair(
    by: RepairActor,
    options?: ExamineOptions & { readonly dryRun?: boolean },
  ): Promise<RepairReport>;
}

const RUNS = 500;
const RUNS_DEEP = 20_000;
/** Runs have few nodes; one that has far more than this is left to a deep examination. */
const NODES_A_RUN = 100;
/** Nodes of compiled plans kept while runs are replayed. */
const PLAN_NODES_KEPT = 500_000;

export function createDoctor(store: DoctorStore): Doctor {
  const checks = [...store.checks, ...REPLAY_CHECK_LIST];
  const examine = (options: ExamineOptions = {}) => examineStore(store, checks, options);
  return {
    checks,
    examine,
    async repair(by, { dryRun = false, ...options } = {}) {
      const found = await examine(options);
      const wanted = found.checks.filter(({ count, repair }) => count > 0 && repair !== undefined);
      if (dryRun || wanted.length === 0) return { found, repaired: [] };
      const names = wanted.map(({ name }) => name);
      const repaired = await store.repair(names, by);
      return { found, repaired, left: await examine(options) };
    },
  };
}

async function examineStore(
  store: DoctorStore,
  known: readonly DoctorCheck[],
  options: ExamineOptions,
): Promise<DoctorReport> {
  const checks = chosen(known, options.checks);
  const ofStore = new Set(store.checks.map(({ name }) => name));
  const names = checks.map(({ name }) => name);
  const replayed = names.filter((name) => !ofStore.has(name));
  const findings = createFindings(replayed);
  const runs = options.limit ?? (options.deep === true ? RUNS_DEEP : RUNS);
  const { sample, findings: found } = await store.examine(
    { checks: names.filter((name) => ofStore.has(name)), runs, nodes: runs * NODES_A_RUN },
    replayed.length === 0 ? undefined : createVisitor(store, findings),
  );
  const byName = new Map([...found, ...findings.all()].map((each) => [each.check, each]));
  const reports = checks.map((check) => reportOf(check, byName.get(check.name)));
  return { verdict: worstOf(reports), sample, checks: reports };
}

function chosen(
  known: readonly DoctorCheck[],
  wanted: readonly string[] | undefined,
): readonly DoctorCheck[] {
  if (wanted === undefined) return known;
  const unknown = wanted.filter((name) => !known.some((check) => check.name === name));
  if (unknown.length === 0) return known.filter(({ name }) => wanted.includes(name));
  const names = known.map(({ name }) => name).join(', ');
  throw new OrchestrationError('validation_failed', `There is no check ${unknown.join(', ')}.`, {
    validationErrors: [{ path: '/checks', message: `must be among ${names}` }],
  });
}

function createVisitor(
  store: DoctorStore,
  findings: ReturnType<typeof createFindings>,
): RunVisitor {
  const planOf = createPlans(store);
  const unreadable = (runId: string, error: unknown) =>
    findings.add('replay_refused', { subject: runId, detail: `cannot be read: ${error}` });
  return {
    async visit(run) {
      const { runId } = run.journal;
      const found = await planOf(run.planHash);
      // That it has no plan is what another check says.
      if (found === undefined) return;
      if (found instanceof Error) {
        unreadable(runId, found);
        return;
      }
      for (const { check, detail } of judgeRun(found, run)) {
        findings.add(check, { subject: runId, detail });
      }
    },
    unreadable,
  };
}

/** Finds plans by their hashes; one whose document is no plan is the error that it gives. */
function createPlans({ plan: documentOf }: DoctorStore) {
  const kept = new Map<string, Plan | Error>();
  let nodes = 0;
  return async function planOf(hash: string): Promise<Plan | Error | undefined> {
    const known = kept.get(hash);
    if (known !== undefined) return known;
    const plan = await documentOf(hash).then(compiled, unreadableDocument);
    if (plan === undefined) return undefined;
    if (nodes > PLAN_NODES_KEPT) {
      kept.clear();
      nodes = 0;
    }
    kept.set(hash, plan);
    nodes += plan instanceof Error ? 1 : plan.nodeCount;
    return plan;
  };
}

function compiled(document: string | undefined): Plan | Error | undefined {
  try {
    return document === undefined ? undefined : compileStoredPlan(document);
  } catch (error) {
    return asError(error);
  }
}

/** A store that is away is no finding. */
function unreadableDocument(error: unknown): Error {
  if (error instanceof OrchestrationError) throw error;
  return asError(error);
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

function reportOf(check: DoctorCheck, found: CheckFindings | undefined): CheckReport {
  const { count = 0, more = false, evidence = [] } = found ?? {};
  return { ...check, verdict: count === 0 ? 'ok' : check.severity, count, more, evidence };
}

function worstOf(reports: readonly CheckReport[]): CheckReport['verdict'] {
  const has = (verdict: CheckReport['verdict']) => reports.some((each) => each.verdict === verdict);
  return has('error') ? 'error' : has('warning') ? 'warning' : 'ok';
}
