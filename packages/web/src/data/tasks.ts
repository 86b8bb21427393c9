import {
  keepPreviousData,
  useMutation,
  useQueries,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import type {
  BackfillTask,
  JsonObject,
  PreviewTask,
  SchedulePreview,
  Task,
  TaskBulkAction,
  TaskOperation,
} from '@tenuto/contract';
import { ApiError, type FiringQuery, type TaskBody, type TaskQuery } from '@tenuto/sdk';
import { client } from './client.ts';
import { LIVE_MS, refreshEvery } from './live.ts';
import { PAGE, usePages } from './pages.ts';

const tasksKey = ['tasks'] as const;
const taskKey = (taskId: string) => ['task', taskId] as const;
/** Marks of the last runs that a row shows. */
const LAST_RUNS = 8;
/** Runs whose end the ledger tells. */
const RUNS_SHOWN = 100;

export function useTasks(query: TaskQuery) {
  return usePages({
    key: [...tasksKey, 'list', query],
    read: (cursor, signal) =>
      client.tasks.list({ limit: PAGE, last_runs: LAST_RUNS, ...query }, { signal }).page(cursor),
    everyMs: LIVE_MS.list,
  });
}

/** How many tasks there are whose last run has failed. */
export function useFailingCount() {
  return useQuery({
    queryKey: [...tasksKey, 'failing'],
    queryFn: async ({ signal }) => {
      const { total } = await client.tasks.list({ failing: true, limit: 1 }, { signal }).first();
      return total;
    },
    refetchInterval: refreshEvery(LIVE_MS.calm),
  });
}

export function useTask(taskId: string) {
  return useQuery({
    queryKey: [...taskKey(taskId), 'task'],
    queryFn: ({ signal }) => client.tasks.get(taskId, { signal }),
    refetchInterval: refreshEvery(LIVE_MS.list),
  });
}

/** The task as it is at this moment, whatever is known of it. */
export function readTask(taskId: string): Promise<Task> {
  return client.tasks.get(taskId);
}

export function useTaskPreview(taskId: string, isPlanned: boolean) {
  return useQuery({
    queryKey: [...taskKey(taskId), 'preview'],
    queryFn: ({ signal }) => client.tasks.preview(taskId, { count: 12 }, { signal }),
    enabled: isPlanned,
    refetchInterval: refreshEvery(LIVE_MS.calm),
  });
}

export function useFirings(taskId: string, query: Pick<FiringQuery, 'outcome'>) {
  return usePages({
    key: [...taskKey(taskId), 'firings', query],
    read: (cursor, signal) =>
      client.tasks.firings(taskId, { limit: PAGE, ...query }, { signal }).page(cursor),
    everyMs: LIVE_MS.list,
  });
}

export function useTaskStats(taskId: string) {
  return useQuery({
    queryKey: [...taskKey(taskId), 'stats'],
    queryFn: ({ signal }) => client.tasks.stats(taskId, { days: 30 }, { signal }),
    refetchInterval: refreshEvery(LIVE_MS.calm),
  });
}

/** The newest runs of the task: how they have ended, by their ids. */
export function useLastRuns(taskId: string) {
  return useQuery({
    queryKey: [...taskKey(taskId), 'runs'],
    queryFn: ({ signal }) => client.tasks.runs(taskId, { limit: RUNS_SHOWN }, { signal }).first(),
    refetchInterval: refreshEvery(LIVE_MS.list),
  });
}

/** Who has changed the task, the newest first. */
export function useTaskChanges(taskId: string) {
  return useQuery({
    queryKey: [...taskKey(taskId), 'changes'],
    queryFn: ({ signal }) => client.audit.list({ subject: taskId, limit: 20 }, { signal }).first(),
    refetchInterval: refreshEvery(LIVE_MS.calm),
  });
}

const previewKey = [...tasksKey, 'preview'] as const;
const PREVIEW_FRESH_MS = 30_000;

/** When a schedule that is being written would fire. */
export function useSchedulePreview(body: PreviewTask | undefined) {
  return useQuery({
    queryKey: [...previewKey, body],
    queryFn: ({ signal }) =>
      body === undefined ? null : client.tasks.previewSchedule(body, { signal }),
    enabled: body !== undefined,
    placeholderData: keepPreviousData,
    staleTime: PREVIEW_FRESH_MS,
  });
}

/** The same of several; what is not there yet, or is refused, is undefined. */
export function useSchedulePreviews(
  bodies: readonly PreviewTask[],
): readonly (SchedulePreview | undefined)[] {
  return useQueries({
    queries: bodies.map((body) => ({
      queryKey: [...previewKey, body],
      queryFn: ({ signal }: { readonly signal: AbortSignal }) =>
        client.tasks.previewSchedule(body, { signal }),
      staleTime: PREVIEW_FRESH_MS,
    })),
    combine: (results) => results.map(({ data }) => data),
  });
}

/** What making a task would be refused for; nothing while it is not asked. */
export function useTaskCheck(body: JsonObject | undefined) {
  return useQuery({
    queryKey: [...tasksKey, 'check', body],
    queryFn: async ({ signal }): Promise<ApiError | null> => {
      if (body === undefined) return null;
      try {
        await client.tasks.validate(body, { signal });
        return null;
      } catch (error) {
        if (error instanceof ApiError && error.validationErrors.length > 0) return error;
        throw error;
      }
    },
    enabled: body !== undefined,
    placeholderData: keepPreviousData,
    staleTime: PREVIEW_FRESH_MS,
  });
}

export function useCreateTask() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: TaskBody) => client.tasks.create(body),
    onSuccess: () => queries.invalidateQueries({ queryKey: tasksKey }),
  });
}

interface Replacement {
  readonly body: TaskBody;
  /** The version that was seen; at any other nothing happens. */
  readonly version: number;
}

export function useReplaceTask(taskId: string) {
  const refresh = useTaskRefresh(taskId);
  return useMutation({
    mutationFn: ({ body, version }: Replacement) => client.tasks.replace(taskId, body, { version }),
    onSuccess: refresh,
  });
}

function useTaskRefresh(taskId: string) {
  const queries = useQueryClient();
  return () =>
    Promise.all([
      queries.invalidateQueries({ queryKey: taskKey(taskId) }),
      queries.invalidateQueries({ queryKey: tasksKey }),
    ]);
}

/** One of the things that a task offers. */
export type TaskAsk =
  | { readonly verb: 'run_now'; readonly params?: Record<string, unknown> }
  | { readonly verb: 'pause' | 'cancel'; readonly reason?: string | undefined }
  | { readonly verb: 'resume'; readonly catchUp: boolean }
  | { readonly verb: 'snooze'; readonly seconds: number; readonly reason?: string | undefined };

/** Does one of the things that a task offers. */
export function useTaskOperation(taskId: string) {
  const refresh = useTaskRefresh(taskId);
  return useMutation({
    mutationFn: (ask: TaskAsk) => operate(taskId, ask),
    onSettled: refresh,
  });
}

function operate(taskId: string, ask: TaskAsk): Promise<TaskOperation> {
  const { tasks } = client;
  if (ask.verb === 'run_now') {
    return tasks.runNow(taskId, ask.params === undefined ? {} : { params: ask.params });
  }
  if (ask.verb === 'resume') return tasks.resume(taskId, { catch_up: ask.catchUp });
  const why = ask.reason === undefined ? {} : { reason: ask.reason };
  if (ask.verb === 'snooze') return tasks.snooze(taskId, { delay_seconds: ask.seconds, ...why });
  return ask.verb === 'pause' ? tasks.pause(taskId, why) : tasks.cancel(taskId, why);
}

export function useBackfill(taskId: string) {
  const refresh = useTaskRefresh(taskId);
  return useMutation({
    mutationFn: (body: BackfillTask) => client.tasks.backfill(taskId, body),
    onSuccess: (_answer, { dry_run }) => (dry_run ? undefined : refresh()),
  });
}

export function useRemoveTask() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ task_id: taskId, version }: Task) => client.tasks.remove(taskId, { version }),
    onSuccess: (task) => {
      queries.removeQueries({ queryKey: taskKey(task.task_id) });
      return queries.invalidateQueries({ queryKey: tasksKey });
    },
  });
}

interface BulkAsk {
  readonly verb: TaskBulkAction;
  readonly tasks: readonly Task[];
}

/** Pauses or resumes several tasks at once; one that is refused keeps none of the others. */
export function useBulkTasks() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ verb, tasks }: BulkAsk) =>
      client.tasks.bulk({ action: verb, task_ids: tasks.map(({ task_id: id }) => id) }),
    onSettled: () => queries.invalidateQueries({ queryKey: tasksKey }),
  });
}
