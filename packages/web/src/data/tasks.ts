import {
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import type { List, PreviewTask, Task } from '@tenuto/contract';
import type { TaskBody, TaskQuery } from '@tenuto/sdk';
import { client } from './client.ts';
import { LIVE_MS, refreshEvery } from './live.ts';

const tasksKey = ['tasks'] as const;
const taskKey = (taskId: string) => ['task', taskId] as const;
const PAGE = 50;
const NEXT_SHOWN = 6;

export function useTasks(query: TaskQuery) {
  return useInfiniteQuery({
    queryKey: [...tasksKey, 'list', query],
    queryFn: ({ pageParam, signal }) =>
      client.tasks.list({ limit: PAGE, ...query }, { signal }).page(pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page: List<Task>) =>
      page.has_more ? (page.next_cursor ?? undefined) : undefined,
    refetchInterval: refreshEvery(LIVE_MS.calm),
    placeholderData: keepPreviousData,
  });
}

/** The tasks that fire next, the first one first. */
export function useNextTasks() {
  return useQuery({
    queryKey: [...tasksKey, 'next'],
    queryFn: async ({ signal }) => {
      const { items } = await client.tasks
        .list({ status: 'active', limit: 100 }, { signal })
        .first();
      return items
        .filter((task) => task.next_fire_at !== null)
        .toSorted((a, b) => (a.next_fire_at ?? '').localeCompare(b.next_fire_at ?? ''))
        .slice(0, NEXT_SHOWN);
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

export function useTaskPreview(taskId: string, isPlanned: boolean) {
  return useQuery({
    queryKey: [...taskKey(taskId), 'preview'],
    queryFn: ({ signal }) => client.tasks.preview(taskId, { count: 12 }, { signal }),
    enabled: isPlanned,
    refetchInterval: refreshEvery(LIVE_MS.calm),
  });
}

export function useFirings(taskId: string) {
  return useQuery({
    queryKey: [...taskKey(taskId), 'firings'],
    queryFn: ({ signal }) => client.tasks.firings(taskId, { limit: 100 }, { signal }).first(),
    refetchInterval: refreshEvery(LIVE_MS.list),
  });
}

export function useTaskStats(taskId: string) {
  return useQuery({
    queryKey: [...taskKey(taskId), 'stats'],
    queryFn: ({ signal }) => client.tasks.stats(taskId, { days: 30 }, { signal }),
    refetchInterval: refreshEvery(LIVE_MS.calm),
  });
}

/** When a schedule that is being written would fire. */
export function useSchedulePreview(body: PreviewTask | undefined) {
  return useQuery({
    queryKey: [...tasksKey, 'preview', body],
    queryFn: ({ signal }) =>
      body === undefined ? null : client.tasks.previewSchedule(body, { signal }),
    enabled: body !== undefined,
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  });
}

export function useCreateTask() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: TaskBody) => client.tasks.create(body),
    onSuccess: () => queries.invalidateQueries({ queryKey: tasksKey }),
  });
}

export type TaskVerb = 'run_now' | 'pause' | 'resume' | 'cancel' | 'snooze';

export interface TaskAsk {
  readonly verb: TaskVerb;
  readonly reason?: string | undefined;
  readonly delaySeconds?: number;
}

/** Does one of the things that a task offers. */
export function useTaskOperation(taskId: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ verb, reason, delaySeconds = 3_600 }: TaskAsk) => {
      const why = reason === undefined ? {} : { reason };
      const { tasks } = client;
      if (verb === 'run_now') return tasks.runNow(taskId);
      if (verb === 'resume') return tasks.resume(taskId);
      if (verb === 'snooze') return tasks.snooze(taskId, { delay_seconds: delaySeconds, ...why });
      return verb === 'pause' ? tasks.pause(taskId, why) : tasks.cancel(taskId, why);
    },
    onSettled: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: taskKey(taskId) }),
        queries.invalidateQueries({ queryKey: tasksKey }),
      ]),
  });
}
