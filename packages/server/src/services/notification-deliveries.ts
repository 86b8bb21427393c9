import { type Delivery, type DeliveryState, type List, OrchestrationError } from '@tenuto/contract';
import type { Access, DeliveryRecord } from '@tenuto/engine';
import { authorize, type Caller } from '../auth/principal.ts';
import { auditOf, type NotificationParts, notFound, timeOf } from './notification-parts.ts';
import { listOf, type Paging, pageRequest, runKey } from './paging.ts';

interface DeliveryQuery extends Paging {
  readonly status?: readonly DeliveryState[];
  readonly event?: string;
  readonly channel?: string;
}

/** Newest first. */
export async function listDeliveries(
  parts: NotificationParts,
  caller: Caller,
  { status: states, event, channel, ...paging }: DeliveryQuery,
): Promise<List<Delivery>> {
  const access = authorize(caller.principal, 'jobs:read', 'notifications');
  const request = pageRequest(paging, runKey);
  const filter = {
    ...(states !== undefined && { states }),
    ...(event !== undefined && { event }),
    ...(channel !== undefined && { channel }),
  };
  const page = await parts.notices.deliveries(access, filter, request);
  return listOf(page, request, {
    codec: runKey,
    key: (delivery) => delivery.deliveryId,
    item: (delivery) => deliveryView(parts, delivery),
  });
}

/** @throws OrchestrationError 404 */
export async function getDelivery(
  parts: NotificationParts,
  caller: Caller,
  deliveryId: string,
): Promise<Delivery> {
  const access = authorize(caller.principal, 'jobs:read', 'notifications');
  return findDelivery(parts, access, deliveryId);
}

/**
 * Sends a message again that was delivered or given up, under the same id.
 * @throws OrchestrationError 404, 409 while it is being sent
 */
export async function redeliver(
  parts: NotificationParts,
  caller: Caller,
  deliveryId: string,
): Promise<Delivery> {
  const access = authorize(caller.principal, 'jobs:write', 'notifications');
  const id = deliveryId.toLowerCase();
  const audit = auditOf(caller, 'notification_delivery.redelivered', { subject: id });
  const result = await parts.notices.redeliver(access, id, audit);
  if (result === 'missing') throw notFound('delivery', deliveryId);
  if (result === 'pending') {
    throw new OrchestrationError('conflict', 'The delivery is pending: it is sent anyway.');
  }
  const delivery = await findDelivery(parts, access, id);
  parts.relay.wake();
  return delivery;
}

/** @throws OrchestrationError 404 */
export async function findDelivery(
  parts: NotificationParts,
  access: Access,
  deliveryId: string,
): Promise<Delivery> {
  const delivery = await parts.notices.delivery(access, deliveryId.toLowerCase());
  if (delivery === undefined) throw notFound('delivery', deliveryId);
  return deliveryView(parts, delivery);
}

function deliveryView({ webhookIdOf }: NotificationParts, delivery: DeliveryRecord): Delivery {
  const { recipients, url, state, lastError } = delivery;
  return {
    delivery_id: delivery.deliveryId,
    webhook_id: webhookIdOf(delivery.deliveryId),
    event: delivery.event,
    run_id: delivery.runId,
    owner: delivery.owner,
    type: delivery.type,
    channel_id: delivery.channelId,
    channel: delivery.channelName,
    to: [...(recipients ?? (url === null ? [] : [url]))],
    state,
    created_at: timeOf(delivery.createdAt),
    ended_at: delivery.endedAt === null ? null : timeOf(delivery.endedAt),
    next_attempt_at: state === 'pending' ? timeOf(delivery.dueAt) : null,
    attempts_made: delivery.attemptsMade,
    attempts_most: delivery.attemptsMost,
    last_status: delivery.lastStatus,
    last_error: lastError && { type: lastError.type, message: lastError.message },
    attempts: delivery.attempts.map(({ attempt, endedAt, durationMs, status, error }) => ({
      ...{ attempt, ended_at: timeOf(endedAt), duration_ms: durationMs, status },
      error: error && { type: error.type, message: error.message },
    })),
  };
}
