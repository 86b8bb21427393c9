/** One PostgreSQL behind a proxy, and servers on it, each a process of its own. */
import { setTimeout as delay } from 'node:timers/promises';
import { type EmbeddedServer, type PostgresConnection, startEmbedded } from '@tenuto/store';
import type { ServerProcess } from '../faults/server-process.ts';
import type { Stage } from '../faults/stage.ts';
import { type CommitProxy, startCommitProxy } from './commit-proxy.ts';

/** A server that is started again whenever it has ended. */
export interface Member {
  readonly name: string;
  process: ServerProcess;
  state: 'starting' | 'up' | 'frozen' | 'down';
  /** Started again at once, or once somebody else has taken over. */
  restartMs: number;
  /** Where it is to die by itself. */
  failpoint: string | undefined;
}

export interface Cluster {
  readonly members: readonly Member[];
  readonly proxy: CommitProxy;
  readonly connection: PostgresConnection;
  readonly postgres: EmbeddedServer;
  /** Ends that nobody has asked for but a failpoint. */
  readonly failpointDeaths: number;
  /** Refused batches of owners that were taken over, as all processes have told. */
  fenced(): number;
  close(): Promise<void>;
}

/** PostgreSQL is killed all the time: it is started again as often. */
const RESTARTS = {
  ...{ firstDelayMs: 20, maxDelayMs: 200, calmMs: 1_000, maxRestarts: 1_000_000, stopMs: 5_000 },
};
const FENCED = 'the journal was refused';

export async function openCluster(
  stage: Stage,
  options: {
    readonly leaseMs: number;
    readonly servers: number;
    readonly pgFolder: string;
    /** What the servers are told besides. */
    readonly env?: Readonly<Record<string, string>>;
    /** One data folder for all of them, and so one store of blobs. */
    readonly shared?: boolean;
  },
): Promise<Cluster> {
  const postgres = await startEmbedded({ dataDir: options.pgFolder, restartPolicy: RESTARTS });
  const { connection } = postgres;
  const proxy = await startCommitProxy(connection);
  const state = { closing: false, failpointDeaths: 0, fencedBefore: 0 };
  const { user, database } = connection;
  const databaseUrl = `postgres://${user}@127.0.0.1:${proxy.port}/${database}`;

  function launch(member: Omit<Member, 'process'>): ServerProcess {
    const server = stage.start({
      ...{ dataDir: stage.dataDir(options.shared === true ? 'shared' : member.name), databaseUrl },
      env: {
        TENUTO_LEASE_MS: String(options.leaseMs),
        TENUTO_HTTP_ALLOW: '127.0.0.1',
        ...options.env,
        ...(member.failpoint !== undefined && { FAILPOINT: member.failpoint }),
      },
    });
    return server;
  }

  function care(member: Member): void {
    const { process } = member;
    process.ready.then(
      () => {
        if (member.process === process && member.state === 'starting') member.state = 'up';
      },
      () => {},
    );
    void process.ended.then(async ({ signal }) => {
      // Who kills from outside says so first.
      const byItself = signal === 'SIGKILL' && member.state !== 'down';
      if (byItself && !state.closing) state.failpointDeaths += 1;
      state.fencedBefore += countOf(process.logs());
      member.state = 'down';
      await delay(member.restartMs);
      if (state.closing) return;
      member.state = 'starting';
      member.process = launch(member);
      member.failpoint = undefined;
      care(member);
    });
  }

  const members = Array.from({ length: options.servers }, (_, i): Member => {
    const base = {
      name: `server-${i}`,
      state: 'starting',
      restartMs: 0,
      failpoint: undefined,
    } as const;
    return { ...base, process: launch(base) };
  });
  for (const member of members) care(member);
  await Promise.all(members.map(({ process }) => process.ready));
  return {
    members,
    proxy,
    connection,
    postgres,
    get failpointDeaths() {
      return state.failpointDeaths;
    },
    fenced: () =>
      state.fencedBefore +
      members
        .filter(({ state: now }) => now !== 'down')
        .reduce((sum, { process }) => sum + countOf(process.logs()), 0),
    async close() {
      state.closing = true;
      await Promise.all(members.map(({ process }) => process.kill()));
      await proxy.stop();
      await postgres.stop();
    },
  };
}

function countOf(logs: string): number {
  return logs.split(FENCED).length - 1;
}
