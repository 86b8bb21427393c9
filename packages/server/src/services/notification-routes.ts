import {
  type CreateNoticeRoute,
  type List,
  type NoticeRoute,
  OrchestrationError,
} from '@tenuto/contract';
import type { Access, RouteRecord } from '@tenuto/engine';
import { authorize, type Caller } from '../auth/principal.ts';
import { makeOnce, readIdempotency } from './idempotency.ts';
import { auditOf, type NotificationParts, notFound, timeOf } from './notification-parts.ts';
import { listOf, type Paging, pageRequest, runKey } from './paging.ts';

export async function listRoutes(
  { notices }: NotificationParts,
  caller: Caller,
  query: Paging,
): Promise<List<NoticeRoute>> {
  const access = authorize(caller.principal, 'jobs:read', 'notifications');
  const request = pageRequest(query, runKey);
  const page = await notices.routes(access, request);
  return listOf(page, request, { codec: runKey, key: (route) => route.routeId, item: routeView });
}

/** @throws OrchestrationError 404 */
export async function getRoute(
  parts: NotificationParts,
  caller: Caller,
  routeId: string,
): Promise<NoticeRoute> {
  return find(parts, authorize(caller.principal, 'jobs:read', 'notifications'), routeId);
}

/**
 * @throws OrchestrationError 403 for `everyone` without `admin`, 422 for an unknown channel and for
 *   a key used with another body
 */
export async function createRoute(
  parts: NotificationParts,
  caller: Caller,
  { body, key }: { readonly body: CreateNoticeRoute; readonly key: string | undefined },
): Promise<NoticeRoute> {
  const access = authorize(caller.principal, 'jobs:write', 'notifications');
  const { owner } = access;
  const { channel, tag, job_type: jobType, everyone = false } = body;
  if (everyone) authorize(caller.principal, 'admin', 'notifications of everyone');
  const events = [...new Set(body.events)];
  const audit = auditOf(caller, 'notification_route.created', {
    subject: '',
    details: { channel, events, everyone },
  });
  const idempotency = readIdempotency(key, ['notification_route', body]);
  const routeId = await makeOnce(
    parts,
    { owner, idempotency, what: 'route' },
    {
      find: async (id) => (await parts.notices.route(access, id))?.routeId,
      async make(keyed) {
        const result = await parts.notices.addRoute({
          ...{ owner, channel, events, everyone, audit, ...keyed },
          ...(tag !== undefined && { tag }),
          ...(jobType !== undefined && { jobType }),
        });
        if (result === 'unknown') throw unknownChannel(channel);
        return result === 'duplicate' ? result : result.routeId;
      },
    },
  );
  return find(parts, access, routeId);
}

function unknownChannel(channel: string): OrchestrationError {
  const message = `is no channel of yours: "${channel}"`;
  return new OrchestrationError('unprocessable', `/channel ${message}.`, {
    validationErrors: [{ path: '/channel', message }],
  });
}

/**
 * @returns the route as it was
 * @throws OrchestrationError 404
 */
export async function removeRoute(
  parts: NotificationParts,
  caller: Caller,
  routeId: string,
): Promise<NoticeRoute> {
  const access = authorize(caller.principal, 'jobs:write', 'notifications');
  const route = await find(parts, access, routeId);
  const audit = auditOf(caller, 'notification_route.deleted', { subject: route.route_id });
  if (await parts.notices.removeRoute(access, route.route_id, audit)) return route;
  throw notFound('route', routeId);
}

async function find(
  { notices }: NotificationParts,
  access: Access,
  routeId: string,
): Promise<NoticeRoute> {
  const route = await notices.route(access, routeId.toLowerCase());
  if (route === undefined) throw notFound('route', routeId);
  return routeView(route);
}

function routeView(route: RouteRecord): NoticeRoute {
  return {
    route_id: route.routeId,
    channel_id: route.channelId,
    channel: route.channelName,
    events: [...route.events],
    tag: route.tag,
    job_type: route.jobType,
    everyone: route.everyone,
    owner: route.owner,
    created_at: timeOf(route.createdAt),
  };
}
