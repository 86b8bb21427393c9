/** The graph of a run that is looked at: its form, which never changes, and how its nodes stand. */
import { useQuery } from '@tanstack/react-query';
import type { JobNode } from '@tenuto/contract';
import { ApiError } from '@tenuto/sdk';
import { useEffect } from 'react';
import { type RunStates, told } from '../logic/run-states.ts';
import { isOver } from '../logic/status.ts';
import { client } from './client.ts';
import { after, elapsed, now } from './clock.ts';
import { connection, onReturn } from './connection.ts';
import { countMark } from './mark.ts';
import { createStore, type Store, useStore } from './store.ts';

/** Milliseconds from look to look: while something changes, and at most while nothing does. */
const BUSY_MS = 100;
const QUIET_MS = 1_000;
const SLOWER = 1.6;
/** A server that takes long to answer is given some rest all the same. */
const LEAST_MS = 20;
/** While the page is not looked at, and after a look that has failed. */
const HIDDEN_MS = 5_000;
const FAILED_MS = 2_000;

interface Feed {
  readonly states: Store<RunStates | undefined>;
  /** Follows the run for as long as somebody does. @returns what ends it */
  use(): () => void;
  /** Says that something has happened: a run that is over is not looked at by itself. */
  poke(): void;
}

const feeds = new Map<string, Feed>();

function feedOf(runId: string): Feed {
  const known = feeds.get(runId);
  if (known !== undefined) return known;
  const feed = createFeed(runId);
  feeds.set(runId, feed);
  return feed;
}

function createFeed(runId: string): Feed {
  const states = createStore<RunStates | undefined>(undefined);
  let users = 0;
  let controller: AbortController | undefined;
  let wake: () => void = () => undefined;
  const sleep = (ms: number | undefined) =>
    new Promise<void>((resolve) => {
      const callOff = ms === undefined ? () => undefined : after(ms, resolve);
      wake = () => {
        callOff();
        resolve();
      };
    });
  const read = reader(runId, states);
  async function follow(signal: AbortSignal): Promise<void> {
    let wait = BUSY_MS;
    while (!signal.aborted) {
      const began = elapsed();
      const news = await read(signal).catch(failureOf);
      if (news === 'more') continue;
      wait = news === 'changed' ? BUSY_MS : Math.min(QUIET_MS, wait * SLOWER);
      const pause = pauseOf(news, wait, states.get());
      await sleep(pause && Math.max(LEAST_MS, pause - (elapsed() - began)));
    }
  }
  return {
    states,
    poke: () => wake(),
    use() {
      users += 1;
      if (users === 1) {
        controller = new AbortController();
        void follow(controller.signal);
      }
      return () => {
        users -= 1;
        if (users > 0) return;
        controller?.abort();
        wake();
        feeds.delete(runId);
      };
    },
  };
}

type News = 'changed' | 'nothing' | 'more' | 'failed' | 'refused';

/** What is refused is not asked for again by itself, but for what is only asked for too often. */
function failureOf(error: unknown): News {
  const isFinal = error instanceof ApiError && error.status < 500 && error.status !== 429;
  return isFinal ? 'refused' : 'failed';
}

function pauseOf(news: News, wait: number, states: RunStates | undefined): number | undefined {
  // Whoever is away is waited for.
  if (news === 'failed') return connection.get().kind === 'away' ? undefined : FAILED_MS;
  if (news === 'refused') return undefined;
  const ended = states !== undefined && isOver(states.status) && news === 'nothing';
  if (ended) return undefined;
  return document.hidden ? HIDDEN_MS : wait;
}

/** Reads what is new; each read goes on from where the one before has ended. */
function reader(runId: string, states: Store<RunStates | undefined>) {
  let mark: string | undefined;
  return async (signal: AbortSignal): Promise<News> => {
    const answer = await client.jobs.graphState(runId, mark, { signal });
    mark = answer.mark;
    const before = states.get();
    const next = told(before, answer, now());
    states.set(next);
    if (next !== before) countMark('graph-update');
    if (answer.more) return 'more';
    return next === before ? 'nothing' : 'changed';
  };
}

/** Begins to read a graph before the view is there that shows it, where it is wanted. */
export function useGraphAhead(runId: string, wanted: boolean): void {
  useEffect(() => (wanted ? feedOf(runId).use() : undefined), [runId, wanted]);
  useRunGraph(runId, wanted);
}

export function useRunGraph(runId: string, wanted = true) {
  return useQuery({
    queryKey: ['run', runId, 'graph'],
    queryFn: ({ signal }) => client.jobs.graph(runId, { signal }),
    enabled: wanted,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/**
 * How the nodes of a run stand, ten times a second while they change.
 * @param mark what tells that the run itself has changed
 */
export function useRunStates(runId: string, mark: string): RunStates | undefined {
  useEffect(() => feedOf(runId).use(), [runId]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each new mark is a reason to look.
  useEffect(() => feedOf(runId).poke(), [runId, mark]);
  useEffect(() => onReturn(() => feedOf(runId).poke()), [runId]);
  return useStore(feedOf(runId).states);
}

/** One node in full, read again whenever its state has changed. */
export function useRunNode(runId: string, nodeId: string | undefined, state: string) {
  return useQuery<JobNode>({
    queryKey: ['run', runId, 'parts', 'node', nodeId ?? null, state],
    queryFn: ({ signal }) => client.jobs.node(runId, nodeId ?? '', { signal }),
    enabled: nodeId !== undefined,
    placeholderData: (before) => (before?.node_id === nodeId ? before : undefined),
  });
}
