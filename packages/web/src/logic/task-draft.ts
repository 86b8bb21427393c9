import type { Json, JsonObject, ScheduleKind, Task } from '@tenuto/contract';
import { isObject } from './json-place.ts';
import { JsonText } from './json-text.ts';

/** What one of the runs of a task is made of. */
export const STARTS = ['pipeline', 'dag_definition', 'template', 'profile'] as const;
export type Starts = (typeof STARTS)[number];

/** Fields that are a word or a number, under the names that the API has for them. */
const TEXTS = [
  'description',
  'filter',
  'dedupe_key',
  'concurrency_key',
  'start_at',
  'end_at',
  'backoff_strategy',
  'misfire_policy',
  'overlap_policy',
] as const;
const NUMBERS = [
  'priority',
  'max_retries',
  'poll_interval_seconds',
  'debounce_seconds',
  'max_catch_up',
  'dedupe_window_seconds',
  'concurrency_limit',
  'max_runs',
  'jitter_seconds',
] as const;
/** Parts of fields that are objects. */
const PARTS = [
  'dst_gap',
  'dst_overlap',
  'batch_events',
  'batch_wait',
  'probe_uses',
  'probe_with',
  'probe_timeout',
  'retry_policy',
] as const;
export type DraftField = (typeof TEXTS)[number] | (typeof NUMBERS)[number] | (typeof PARTS)[number];

/** A task as its form holds it: everything as it was typed, and what is not used is kept, too. */
export interface TaskDraft {
  readonly title: string;
  readonly kind: ScheduleKind;
  readonly exprs: Readonly<Record<ScheduleKind, string>>;
  readonly timezone: string;
  readonly starts: Starts;
  /** JSON of the steps, of the graph, and of what a profile is asked. */
  readonly pipeline: string;
  readonly graph: string;
  readonly intake: string;
  readonly template: string;
  readonly profile: string;
  /** JSON of `params`; a template's form writes it. */
  readonly params: string;
  /** What stands in such a form and cannot be read; it is not in its JSON. */
  readonly unread: readonly Fault[];
  readonly fields: Readonly<Record<DraftField, string>>;
}

const PLANNED: readonly ScheduleKind[] = ['cron', 'rrule', 'once'];

/** Whether the clock starts a task of a kind. */
export function isPlanned(kind: ScheduleKind): boolean {
  return PLANNED.includes(kind);
}

/** Fields that only tasks of some kinds have. */
const OF_KINDS: Readonly<Partial<Record<DraftField, readonly ScheduleKind[]>>> = {
  filter: ['event'],
  debounce_seconds: ['event'],
  batch_events: ['event'],
  batch_wait: ['event'],
  probe_uses: ['condition'],
  probe_with: ['condition'],
  probe_timeout: ['condition'],
  poll_interval_seconds: ['condition'],
  dst_gap: PLANNED,
  dst_overlap: PLANNED,
  jitter_seconds: PLANNED,
  max_catch_up: PLANNED,
};

/** Whether a task of a kind has a field. */
export function hasField(kind: ScheduleKind, field: DraftField): boolean {
  return OF_KINDS[field]?.includes(kind) ?? true;
}

/** Something small that works, to begin with. */
const FIRST_PIPELINE = `[
  { "id": "wait", "uses": "sleep.for", "with": { "seconds": 1 } },
  { "id": "say", "uses": "transform.cel", "with": { "expression": "'hello'" } }
]`;
const FIRST_GRAPH = `{
  "nodes": [
    { "id": "first", "uses": "sleep.for", "with": { "seconds": 1 } },
    { "id": "second", "uses": "sleep.for", "with": { "seconds": 1 }, "parent_nodes": ["first"] }
  ]
}`;
const EMPTY: TaskDraft['fields'] = {
  ...{ description: '', filter: '', dedupe_key: '', concurrency_key: '', start_at: '', end_at: '' },
  ...{ backoff_strategy: '', misfire_policy: 'fire_once', overlap_policy: 'skip', priority: '' },
  ...{ max_retries: '', poll_interval_seconds: '', debounce_seconds: '', max_catch_up: '' },
  ...{ dedupe_window_seconds: '', concurrency_limit: '', max_runs: '', jitter_seconds: '' },
  ...{ dst_gap: '', dst_overlap: '', batch_events: '', batch_wait: '', probe_uses: '' },
  ...{ probe_with: '', probe_timeout: '', retry_policy: '' },
};

/** What a new task is until somebody says otherwise. */
export function firstDraft(timezone: string): TaskDraft {
  return {
    ...{ title: '', kind: 'cron', timezone, starts: 'pipeline' },
    exprs: {
      cron: '0 9 * * MON-FRI',
      rrule: 'FREQ=WEEKLY;BYDAY=MO,TH;BYHOUR=9;BYMINUTE=0;BYSECOND=0',
      ...{ once: '', event: '', condition: 'steps.probe.status == 200' },
    },
    ...{ pipeline: FIRST_PIPELINE, graph: FIRST_GRAPH, intake: '{}', params: '{}' },
    ...{ template: '', profile: '', unread: [] },
    fields: {
      ...EMPTY,
      probe_uses: 'http.request',
      probe_with: '{\n  "url": "https://example.com/"\n}',
      poll_interval_seconds: '60',
    },
  };
}

/** The draft that says what a task says. */
export function draftOf(task: Task): TaskDraft {
  const { payload, batch, dst_policy: dst, probe, retry_policy: retry } = task;
  const base = firstDraft(task.timezone ?? 'UTC');
  const known: Readonly<Record<string, unknown>> = task;
  const written = [...TEXTS, ...NUMBERS].map((name) => [name, textOf(known[name])]);
  const json = (value: unknown, otherwise: string) =>
    value === undefined ? otherwise : JSON.stringify(value, null, 2);
  return {
    ...base,
    title: task.title,
    kind: task.schedule_kind,
    exprs: { ...base.exprs, [task.schedule_kind]: task.schedule_expr },
    starts: STARTS.find((one) => payload[one] !== undefined) ?? 'pipeline',
    pipeline: json(payload.pipeline, FIRST_PIPELINE),
    graph: json(payload.dag_definition, FIRST_GRAPH),
    intake: json(payload.intake, '{}'),
    params: json(payload.params, '{}'),
    template: textOf(payload.template),
    profile: textOf(payload.profile),
    fields: {
      ...EMPTY,
      ...Object.fromEntries(written),
      ...{ dst_gap: dst?.gap ?? '', dst_overlap: dst?.overlap ?? '' },
      ...{ batch_events: textOf(batch?.max_events), batch_wait: textOf(batch?.max_wait_seconds) },
      ...{ probe_uses: probe?.uses ?? '', probe_timeout: textOf(probe?.timeout_seconds) },
      probe_with: json(probe?.with, ''),
      retry_policy: json(retry, ''),
    },
  };
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** Something that is wrong, at its place in the body. */
export interface Fault {
  readonly path: string;
  readonly message: string;
}

export type ReadDraft = { readonly body: JsonObject } | { readonly faults: readonly Fault[] };

/** @returns the body that makes the task, or which of its texts cannot be read */
export function bodyOf(draft: TaskDraft): ReadDraft {
  const json = new JsonText();
  const { kind, fields, timezone } = draft;
  const given = (name: DraftField) => (hasField(kind, name) ? fields[name].trim() : '');
  const words = TEXTS.flatMap((name) => (given(name) === '' ? [] : [[name, given(name)]]));
  const numbers = NUMBERS.flatMap((name) =>
    given(name) === '' ? [] : [[name, json.number(given(name), `/${name}`)]],
  );
  const body: JsonObject = {
    ...{ title: draft.title.trim(), schedule_kind: kind, schedule_expr: draft.exprs[kind].trim() },
    ...(timezone.trim() !== '' && { timezone: timezone.trim() }),
    payload: payloadOf(draft, json),
    ...Object.fromEntries([...words, ...numbers]),
    ...objectsOf(given, json),
  };
  const faults = [...draft.unread, ...json.faults];
  return faults.length > 0 ? { faults } : { body };
}

function payloadOf(draft: TaskDraft, json: JsonText): JsonObject {
  const { starts } = draft;
  const params = json.value(draft.params, '/payload/params');
  const others = isObject(params) && Object.keys(params).length === 0 ? {} : { params };
  if (starts === 'template') return { template: draft.template, ...others };
  if (starts === 'profile') {
    return {
      profile: draft.profile,
      intake: json.value(draft.intake, '/payload/intake'),
      ...others,
    };
  }
  const text = starts === 'pipeline' ? draft.pipeline : draft.graph;
  return { [starts]: json.value(text, `/payload/${starts}`), ...others };
}

function objectsOf(given: (name: DraftField) => string, json: JsonText): JsonObject {
  const object: Record<string, Json> = {};
  const [gap, overlap] = [given('dst_gap'), given('dst_overlap')];
  if (gap !== '' || overlap !== '') {
    object.dst_policy = { ...(gap !== '' && { gap }), ...(overlap !== '' && { overlap }) };
  }
  const [events, wait] = [given('batch_events'), given('batch_wait')];
  if (events !== '' || wait !== '') {
    object.batch = {
      max_events: json.number(events, '/batch/max_events'),
      max_wait_seconds: json.number(wait, '/batch/max_wait_seconds'),
    };
  }
  const [uses, timeout] = [given('probe_uses'), given('probe_timeout')];
  if (uses !== '') {
    object.probe = {
      uses,
      ...(given('probe_with') !== '' && { with: json.value(given('probe_with'), '/probe/with') }),
      ...(timeout !== '' && { timeout_seconds: json.number(timeout, '/probe/timeout_seconds') }),
    };
  }
  const retry = given('retry_policy');
  if (retry !== '') object.retry_policy = json.value(retry, '/retry_policy');
  return object;
}
