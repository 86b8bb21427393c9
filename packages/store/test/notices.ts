/** What tests of notifications have in common: a desk with channels, routes and ends of runs. */
import { randomUUID } from 'node:crypto';
import type { NewRoute, RunUpdate } from '@tenuto/engine';
import { type ApiStore, openApiStore } from '../src/index.ts';
import { type Desk, openDesk } from './desk.ts';
import { batch, submitRow } from './rows.ts';

export const ANN = { owner: 'ann', all: false };
export const BOB = { owner: 'bob', all: false };
export const ROOT = { owner: 'root', all: true };

export function auditOf(action: string, subject = 'x') {
  return { actor: 'ann', action, subject, details: {} };
}

export interface NoticeDesk extends Desk, Pick<ApiStore, 'notices' | 'relay'> {
  /** A webhook of that owner and name; answers its id. */
  channel(name: string, over?: { owner?: string; url?: string; secret?: string }): Promise<string>;
  route(over?: Partial<NewRoute>): Promise<string>;
  /** Ends a run in a flush; answers its id. */
  end(over?: EndedRun): Promise<string>;
  /** Deliveries in the order of their making. */
  deliveries(): Promise<DeliveryRow[]>;
  forget(): Promise<void>;
}

interface EndedRun {
  readonly owner?: string;
  readonly status?: Extract<RunUpdate, { kind: 'finish' }>['status'];
  readonly tags?: readonly string[];
  readonly jobType?: string;
  readonly targets?: readonly object[];
  readonly progress?: string;
}

interface DeliveryRow {
  readonly delivery_id: string;
  readonly owner: string;
  readonly event: string;
  readonly run_id: string | null;
  readonly type: string;
  readonly channel_name: string | null;
  readonly url: string | null;
  readonly recipients: string[] | null;
  readonly state: string;
  readonly attempts: number;
  readonly payload: Record<string, unknown>;
  readonly detail: string | null;
  readonly last_error: { type: string } | null;
}

export async function openNoticeDesk(): Promise<NoticeDesk> {
  const desk = await openDesk();
  const { notices, relay, close } = openApiStore(desk.connection);
  const engine = await desk.engine();
  let seq = 0;
  return {
    ...desk,
    notices,
    relay,
    async channel(name, { owner = 'ann', url = `https://${name}.example/`, secret } = {}) {
      const channelId = randomUUID();
      const sealed = secret === undefined ? {} : { sealedSecret: Buffer.from(secret) };
      const audit = auditOf('notification_channel.created', channelId);
      await notices.addChannel({ channelId, owner, name, type: 'webhook', url, ...sealed, audit });
      return channelId;
    },
    async route(over = {}) {
      const route = {
        owner: 'ann',
        channel: 'ops',
        events: ['run.failed'],
        everyone: false,
      } as const;
      const made = await notices.addRoute({
        ...route,
        audit: auditOf('notification_route.created'),
        ...over,
      });
      if (typeof made === 'string') throw new Error(made);
      return made.routeId;
    },
    async end({ owner, status = 'failed', tags, jobType, targets, progress = '{}' } = {}) {
      const row = submitRow({
        submission: {
          ...(owner !== undefined && { owner }),
          ...(tags !== undefined && { tags }),
          ...(jobType !== undefined && { jobType }),
        },
      });
      await engine.lane.flush(batch(++seq, { submits: [row] }));
      const finish: RunUpdate = {
        kind: 'finish',
        runId: row.runId,
        inboxSeq: 0,
        status,
        completedAt: Date.now(),
        progress,
        ...(targets !== undefined && { targets: JSON.stringify(targets) }),
      };
      await engine.lane.flush(batch(++seq, { updates: [finish] }));
      return row.runId.text;
    },
    deliveries: () => desk.ask<DeliveryRow>('select * from notice_deliveries order by delivery_id'),
    async forget() {
      await desk.ask('delete from notice_deliveries');
      await desk.ask('delete from notices');
      await desk.ask('delete from notice_channels');
    },
    async close() {
      await close();
      await desk.close();
    },
  };
}
