/** What a schema cannot say of a task: fields that go together, and fields that do not. */
import {
  ExpressionError,
  OrchestrationError,
  parseTime,
  type TaskDefinition,
  type TaskPayload,
  type ValidationError,
} from '@tenuto/contract';
import {
  CONDITION_SCOPE,
  checkEventFilter,
  compileExpression,
  compileTemplate,
  DEDUPE_SCOPE,
  topicFault,
} from '@tenuto/engine';

const TOPIC_CHARS = 100;
const DOES = ['pipeline', 'dag_definition', 'template', 'profile'] as const;

/** @throws OrchestrationError 422 with everything that is wrong */
export function checkTask(definition: TaskDefinition, payload: TaskPayload, now: number): void {
  const problems: ValidationError[] = [];
  const add = (path: string, message: string) => problems.push({ path, message });
  checkPayload(payload, add);
  checkKind(definition, add);
  checkPairs(definition, add);
  checkTimes(definition, now, add);
  checkExpressions(definition, add);
  raise(problems);
}

/** The same of what a schedule says by itself. */
export function checkSchedule(definition: TaskDefinition): void {
  const problems: ValidationError[] = [];
  const add = (path: string, message: string) => problems.push({ path, message });
  checkKind(definition, add);
  checkPairs(definition, add);
  checkExpressions(definition, add);
  raise(problems);
}

function raise(problems: readonly ValidationError[]): void {
  const [first] = problems;
  if (first === undefined) return;
  throw new OrchestrationError('unprocessable', `${first.path} ${first.message}.`, {
    validationErrors: problems,
  });
}

type Add = (path: string, message: string) => void;

function checkPayload(payload: TaskPayload, add: Add): void {
  const given = DOES.filter((field) => payload[field] !== undefined);
  if (given.length !== 1) {
    add(
      '/payload',
      `has one of ${DOES.join(', ')}, not ${given.length === 0 ? 'none' : 'several'}`,
    );
  }
  if (payload.intake !== undefined && payload.profile === undefined) {
    add('/payload/intake', 'goes with a profile only');
  }
}

function checkKind(definition: TaskDefinition, add: Add): void {
  const { schedule_kind: kind } = definition;
  const only = (fields: readonly (keyof TaskDefinition)[], kinds: readonly string[]) => {
    if (kinds.includes(kind)) return;
    for (const field of fields) {
      if (definition[field] !== undefined)
        add(`/${field}`, `goes with ${kinds.join(' and ')} only`);
    }
  };
  only(['filter', 'debounce_seconds', 'batch'], ['event']);
  only(['probe', 'poll_interval_seconds'], ['condition']);
  only(['dst_policy', 'jitter_seconds', 'max_catch_up'], ['cron', 'rrule', 'once']);
  if (kind === 'event') checkTopic(definition.schedule_expr, add);
  if (definition.poll_interval_seconds !== undefined && definition.probe === undefined) {
    add('/poll_interval_seconds', 'is how often a probe runs, and there is none');
  }
  if (definition.debounce_seconds !== undefined && definition.batch !== undefined) {
    add('/batch', 'and debounce_seconds are two ways to gather events; give one of them');
  }
}

function checkTopic(pattern: string, add: Add): void {
  if (pattern.length > TOPIC_CHARS) {
    add('/schedule_expr', `is longer than ${TOPIC_CHARS} characters`);
    return;
  }
  const fault = topicFault(pattern);
  if (fault !== undefined) add('/schedule_expr', `is no topic pattern: it ${fault}`);
}

function checkPairs(definition: TaskDefinition, add: Add): void {
  const pair = (a: keyof TaskDefinition, b: keyof TaskDefinition) => {
    if ((definition[a] === undefined) !== (definition[b] === undefined)) {
      const missing = definition[a] === undefined ? a : b;
      add(`/${missing}`, `is required beside ${missing === a ? b : a}`);
    }
  };
  pair('dedupe_key', 'dedupe_window_seconds');
  if (definition.concurrency_limit !== undefined && definition.concurrency_key === undefined) {
    add('/concurrency_key', 'is required beside concurrency_limit');
  }
  if (
    definition.backoff_strategy !== undefined &&
    definition.retry_policy?.strategy !== undefined
  ) {
    add('/backoff_strategy', 'and the strategy of retry_policy say the same; give one of them');
  }
  if (definition.timezone !== undefined && !isZone(definition.timezone)) {
    add('/timezone', 'is no IANA time zone, such as Europe/Paris');
  }
}

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return !/^[+-]/.test(name);
  } catch {
    return false;
  }
}

function checkTimes({ start_at: start, end_at: end }: TaskDefinition, now: number, add: Add): void {
  const times = { start_at: start, end_at: end };
  const [from, to] = Object.entries(times).map(([field, text]) => {
    const at = text === undefined ? undefined : parseTime(text);
    if (text !== undefined && at === undefined) add(`/${field}`, 'is not an RFC 3339 time');
    return at;
  });
  if (from !== undefined && to !== undefined && to < from) add('/end_at', 'is before start_at');
  if (to !== undefined && to <= now) add('/end_at', 'has passed');
}

function checkExpressions(definition: TaskDefinition, add: Add): void {
  const { schedule_kind: kind, schedule_expr: expr, filter, dedupe_key: dedupe } = definition;
  const compile = (path: string, work: () => unknown) => {
    try {
      work();
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      add(path, `is wrong: ${error.message}`);
    }
  };
  if (filter !== undefined) compile('/filter', () => checkEventFilter(filter));
  if (dedupe !== undefined) compile('/dedupe_key', () => compileTemplate(dedupe, DEDUPE_SCOPE));
  if (kind === 'condition') {
    compile('/schedule_expr', () => compileExpression(expr, CONDITION_SCOPE));
  }
}
