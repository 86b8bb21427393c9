import { keepPreviousData, useInfiniteQuery, useQueries, useQuery } from '@tanstack/react-query';
import type { List, LogLine } from '@tenuto/contract';
import type { LogQuery } from '@tenuto/sdk';
import type { AttemptLines } from '../logic/log-rows.ts';
import { client } from './client.ts';
import { LIVE_MS, refreshEvery } from './live.ts';

/** Lines that are read at once. */
export const LOG_PAGE = 100;

export interface LogOf {
  readonly runId: string;
  readonly nodeId: string | undefined;
  readonly goesOn: boolean;
  /** Whether the stream of the run tells of each line. */
  readonly follows: boolean;
}

const endsKey = (runId: string) => ['run', runId, 'log-ends'] as const;

/** How far each attempt has come; read again when the stream of the run brings a line. */
export function useLogEnds({ runId, nodeId, goesOn, follows }: LogOf) {
  return useQuery({
    // What was written last is read once more when the run has ended.
    queryKey: [...endsKey(runId), nodeId ?? null, goesOn],
    queryFn: ({ signal }) => endsOf(runId, nodeId ?? '', signal),
    enabled: nodeId !== undefined,
    refetchInterval: refreshEvery(follows ? LIVE_MS.followed : LIVE_MS.run, goesOn),
    placeholderData: keepPreviousData,
  });
}

/** From the newest attempt back to the first one that has written anything. */
async function endsOf(
  runId: string,
  nodeId: string,
  signal: AbortSignal,
): Promise<readonly AttemptLines[]> {
  const last = async (query: LogQuery) => {
    const asked = { ...query, newest_first: true, limit: 1 };
    return (await client.jobs.logs(runId, nodeId, asked, { signal }).first()).items[0];
  };
  const newest = await last({});
  if (newest === undefined) return [];
  const before = Array.from({ length: newest.attempt - 1 }, (_, index) => index + 1);
  const lines = await Promise.all(before.map((attempt) => last({ attempt })));
  return [...lines, newest]
    .filter((line) => line !== undefined)
    .map(({ attempt, seq }) => ({ attempt, last: seq }));
}

/** One stretch of an attempt: lines from `page * LOG_PAGE + 1` on. */
export interface Stretch {
  readonly attempt: number;
  readonly page: number;
  /** How many lines it has so far: what makes an unfinished one be read again. */
  readonly length: number;
}

export const lineKey = (attempt: number, seq: number) => `${attempt}.${seq}`;

/** The lines of the stretches that are looked at, by `lineKey`. */
export function useLogLines({ runId, nodeId }: LogOf, stretches: readonly Stretch[]) {
  return useQueries({
    queries: stretches.map(({ attempt, page, length }) => ({
      queryKey: ['run', runId, 'log-lines', nodeId ?? null, attempt, page, length],
      queryFn: async ({ signal }: { signal: AbortSignal }) => {
        const query = { attempt, from: page * LOG_PAGE + 1, limit: LOG_PAGE };
        return (await client.jobs.logs(runId, nodeId ?? '', query, { signal }).first()).items;
      },
      staleTime: Number.POSITIVE_INFINITY,
      enabled: nodeId !== undefined,
    })),
    combine: (answers) => {
      const lines = new Map<string, LogLine>();
      for (const { data = [] } of answers) {
        for (const line of data) lines.set(lineKey(line.attempt, line.seq), line);
      }
      return { lines, error: answers.find(({ error }) => error !== null)?.error ?? null };
    },
  });
}

export interface LogFilter {
  readonly text: string;
  readonly stream: 'stdout' | 'stderr' | undefined;
}

export const isFiltered = ({ text, stream }: LogFilter) => text !== '' || stream !== undefined;

/** Lines that fit a filter, of the whole log, page by page. */
export function useLogMatches({ runId, nodeId, goesOn, follows }: LogOf, filter: LogFilter) {
  const { text, stream } = filter;
  return useInfiniteQuery({
    queryKey: [...endsKey(runId), nodeId ?? null, 'matches', filter],
    queryFn: ({ pageParam, signal }) => {
      const query = { limit: LOG_PAGE, ...(text && { text }), ...(stream && { stream }) };
      return client.jobs.logs(runId, nodeId ?? '', query, { signal }).page(pageParam);
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page: List<LogLine>) =>
      page.has_more ? (page.next_cursor ?? undefined) : undefined,
    enabled: nodeId !== undefined && isFiltered(filter),
    refetchInterval: refreshEvery(follows ? LIVE_MS.followed : LIVE_MS.run, goesOn),
    placeholderData: keepPreviousData,
  });
}

/** Lines of the end of a log that tell most people enough. */
const TAIL = 5;

/** The last lines of a log, oldest first. */
export function useLogTail(runId: string, nodeId: string) {
  return useQuery({
    queryKey: ['run', runId, 'parts', 'log-tail', nodeId],
    queryFn: async ({ signal }) => {
      const query = { newest_first: true, limit: TAIL };
      return (await client.jobs.logs(runId, nodeId, query, { signal }).first()).items.toReversed();
    },
  });
}

/** All of a log as one text, however long. */
export async function wholeLog(runId: string, nodeId: string): Promise<string> {
  const parts: string[] = [];
  for await (const { text } of client.jobs.logs(runId, nodeId, { limit: LOG_PAGE })) {
    parts.push(text);
  }
  return `${parts.join('\n')}\n`;
}
