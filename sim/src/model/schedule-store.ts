/** Tasks as the database holds them, for schedulers: every call is one moment. */
import type {
  EndedProbe,
  Firing,
  ScheduledTask,
  ScheduleStore,
  TakenTurn,
  TaskTurn,
} from '@tenuto/engine';

/** A line of the ledger. */
export interface ModelFiring extends Pick<Firing, 'key' | 'at' | 'tick' | 'origin' | 'reason'> {
  readonly outcome: Exclude<Firing['outcome'], 'queued'>;
  readonly runId: string | undefined;
}

export interface ModelTask {
  task: ScheduledTask;
  readonly owner: string;
  readonly ledger: Map<string, ModelFiring>;
  readonly queue: Firing[];
  readonly live: Set<string>;
}

export interface ScheduleModelOptions {
  /** Database time in milliseconds since the epoch. */
  now(): number;
  /** Before and after each call: it may wait there, or fail. */
  pass?(verb: string): Promise<void>;
}

export interface ScheduleModel {
  readonly store: ScheduleStore;
  readonly tasks: ReadonlyMap<string, ModelTask>;
  add(task: ScheduledTask, owner?: string): void;
  /** Ends all runs that go on. */
  finishAll(): void;
  /** Says what a probe has found. */
  probed(probe: EndedProbe): void;
  /** When the next firing is due; undefined when none is planned. */
  nextDue(): number | undefined;
}

const QUEUED_ALONE = new Set(['queue', 'skip', 'cancel_previous']);
const OWN = new Set<Firing['origin']>(['schedule', 'event', 'condition']);

interface State {
  readonly options: ScheduleModelOptions;
  readonly tasks: Map<string, ModelTask>;
  /** Ids of tasks by when they are due, soonest first; what has moved since is passed over. */
  readonly agenda: Agenda;
  readonly dedupes: Map<string, number>;
  readonly ended: EndedProbe[];
  readonly runs: Map<string, ModelTask>;
  made: number;
}

export function createScheduleModel(options: ScheduleModelOptions): ScheduleModel {
  const state: State = {
    ...{ options, tasks: new Map(), agenda: createAgenda(), dedupes: new Map(), ended: [] },
    ...{ runs: new Map(), made: 0 },
  };
  return {
    store: storeOf(state),
    tasks: state.tasks,
    add(task, owner = 'ann') {
      const held = { task, owner, ledger: new Map(), queue: [], live: new Set<string>() };
      state.tasks.set(task.taskId, held);
      plan(state, held);
    },
    finishAll() {
      for (const [runId, held] of state.runs) held.live.delete(runId);
      state.runs.clear();
    },
    probed: (probe) => void state.ended.push(probe),
    nextDue: () => firstPlanned(state)?.at,
  };
}

function storeOf(state: State): ScheduleStore {
  const { options } = state;
  const at = async <T>(verb: string, statement: () => T): Promise<T> => {
    await options.pass?.(`before ${verb}`);
    const result = statement();
    await options.pass?.(`after ${verb}`);
    return result;
  };
  return {
    due: ({ withinMs, limit }) =>
      at('due', () => ({ now: options.now(), tasks: dueWithin(state, withinMs, limit) })),
    standing: (ids) => at('standing', () => ids.flatMap((id) => seen(state.tasks.get(id)) ?? [])),
    take: (turns) => at('take', () => turns.flatMap((turn) => takeTurn(state, turn) ?? [])),
    release: () => at('release', () => release(state)),
    probes: (limit) => at('probes', () => state.ended.slice(0, limit)),
    makeRoom: () => at('makeRoom', () => undefined),
    tidy: () => at('tidy', () => undefined),
    databaseTime: () => at('databaseTime', options.now),
  };
}

function seen(held: ModelTask | undefined): ScheduledTask | undefined {
  return held && { ...held.task, live: held.live.size, queued: held.queue.length };
}

function plan({ agenda }: State, { task }: ModelTask): void {
  if (task.dueAt !== null) agenda.add({ at: task.dueAt, taskId: task.taskId });
}

function isPlanned(state: State, { at, taskId }: Planned): boolean {
  return state.tasks.get(taskId)?.task.dueAt === at;
}

function firstPlanned(state: State): Planned | undefined {
  const { agenda } = state;
  for (let first = agenda.first(); first !== undefined; first = agenda.first()) {
    if (isPlanned(state, first)) return first;
    agenda.take();
  }
  return undefined;
}

function dueWithin(state: State, withinMs: number, limit: number): ScheduledTask[] {
  const until = state.options.now() + withinMs;
  const found: Planned[] = [];
  const known = new Set<string>();
  for (let first = firstPlanned(state); first !== undefined; first = firstPlanned(state)) {
    if (first.at > until || found.length === limit) break;
    state.agenda.take();
    if (known.has(first.taskId)) continue;
    known.add(first.taskId);
    found.push(first);
  }
  for (const one of found) state.agenda.add(one);
  return found.flatMap(({ taskId }) => seen(state.tasks.get(taskId)) ?? []);
}

function takeTurn(state: State, turn: TaskTurn): TakenTurn | undefined {
  const held = state.tasks.get(turn.taskId);
  if (held === undefined || held.task.turn !== turn.turn) return undefined;
  if (turn.cancelPrevious) for (const runId of held.live) state.runs.delete(runId);
  if (turn.cancelPrevious) held.live.clear();
  const runIds = new Map<number, string>();
  let fired = held.task.fired;
  for (const firing of turn.firings.toSorted((a, b) => byRun(a) - byRun(b))) {
    const key = `${firing.at} ${firing.key}`;
    if (held.ledger.has(key) || held.queue.some((one) => `${one.at} ${one.key}` === key)) continue;
    const settled = deduped(state, held, firing);
    if (OWN.has(firing.origin) && isRun(settled)) fired += 1;
    if (settled.outcome === 'queued') held.queue.push(settled);
    else write(state, held, settled, runIds);
  }
  const { standing } = turn;
  held.task = { ...held.task, ...standing, fired, turn: held.task.turn + 1 };
  if (turn.startProbe) held.task = { ...held.task, probeRun: newId(state) };
  if (standing.probeRun === null) drop(state.ended, ({ taskId }) => taskId === turn.taskId);
  plan(state, held);
  return {
    taskId: turn.taskId,
    runIds: [...runIds].toSorted(([a], [b]) => a - b).map(([, id]) => id),
  };
}

/** What is coalesced comes after the run that stands for it. */
function byRun({ outcome }: Firing): number {
  return outcome === 'coalesced' ? 1 : 0;
}

function isRun({ outcome }: Firing): boolean {
  return outcome === 'fired' || outcome === 'queued';
}

function deduped(state: State, { owner }: ModelTask, firing: Firing): Firing {
  if (firing.dedupe === undefined) return firing;
  const key = `${owner} ${firing.dedupe.key}`;
  const now = state.options.now();
  if ((state.dedupes.get(key) ?? 0) > now)
    return { ...firing, outcome: 'skipped', reason: 'dedupe' };
  state.dedupes.set(key, now + firing.dedupe.windowSeconds * 1_000);
  return firing;
}

function write(state: State, held: ModelTask, firing: Firing, runIds: Map<number, string>): void {
  const { key, at, tick, origin, reason, outcome, run } = firing;
  if (outcome === 'queued') throw new Error('what waits is no line of the ledger');
  let runId = run === undefined ? undefined : runIds.get(run);
  if (outcome === 'fired') {
    runId = newId(state);
    if (run !== undefined) runIds.set(run, runId);
    held.live.add(runId);
    state.runs.set(runId, held);
  }
  held.ledger.set(`${at} ${key}`, { key, at, tick, origin, reason, outcome, runId });
}

function newId(state: State): string {
  state.made += 1;
  const time = Math.floor(state.options.now()).toString(16).padStart(12, '0');
  const count = state.made.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${count}`;
}

function release(state: State): number {
  let released = 0;
  for (const held of state.tasks.values()) {
    const { definition, status } = held.task;
    if (held.queue.length === 0 || (status !== 'active' && status !== 'completed')) continue;
    const alone = QUEUED_ALONE.has(definition.overlap_policy ?? 'allow');
    const room = alone ? (held.live.size > 0 ? 0 : 1) : roomUnder(state, held);
    for (const firing of held.queue.splice(0, Math.max(0, room))) {
      write(state, held, { ...firing, outcome: 'fired', run: 0 }, new Map());
      held.task = { ...held.task, turn: held.task.turn + 1 };
      released += 1;
    }
  }
  return released;
}

function roomUnder(state: State, { owner, task }: ModelTask): number {
  const { concurrency_key: key, concurrency_limit: limit = 1 } = task.definition;
  if (key === undefined) return Number.POSITIVE_INFINITY;
  let live = 0;
  for (const other of state.tasks.values()) {
    if (other.owner === owner && other.task.definition.concurrency_key === key) {
      live += other.live.size;
    }
  }
  return limit - live;
}

function drop<Item>(items: Item[], which: (item: Item) => boolean): void {
  const at = items.findIndex(which);
  if (at >= 0) items.splice(at, 1);
}

interface Planned {
  readonly at: number;
  readonly taskId: string;
}
interface Agenda {
  add(planned: Planned): void;
  first(): Planned | undefined;
  take(): void;
}

/** A binary heap, the soonest on top. */
function createAgenda(): Agenda {
  const heap: Planned[] = [];
  const at = (i: number) => heap[i]?.at ?? Number.POSITIVE_INFINITY;
  const swap = (i: number, j: number) => {
    const [a, b] = [heap[i], heap[j]];
    if (a !== undefined && b !== undefined) [heap[i], heap[j]] = [b, a];
  };
  return {
    first: () => heap[0],
    add(planned) {
      heap.push(planned);
      for (let i = heap.length - 1; i > 0; ) {
        const up = (i - 1) >> 1;
        if (at(up) <= at(i)) break;
        swap(i, up);
        i = up;
      }
    },
    take() {
      const last = heap.pop();
      if (heap.length === 0 || last === undefined) return;
      heap[0] = last;
      for (let i = 0; ; ) {
        const least = [2 * i + 1, 2 * i + 2].reduce((best, j) => (at(j) < at(best) ? j : best), i);
        if (least === i) break;
        swap(i, least);
        i = least;
      }
    },
  };
}
