import {
  CHANNEL_STATES,
  CHANNEL_TYPES,
  type Channel,
  type ChannelWithSecret,
  DELIVERY_STATES,
  type Delivery,
  NOTICE_EVENTS,
  type NoticeRoute,
} from '@tenuto/contract';
import { fields, flag, listOf, nullable, number, oneOf, type Shape, text } from './shape.ts';

const maybeText = nullable(text);
const texts = listOf(text);

const channelFields = {
  channel_id: text,
  name: text,
  type: oneOf(CHANNEL_TYPES),
  url: maybeText,
  to: nullable(texts),
  state: oneOf(CHANNEL_STATES),
  disabled_reason: maybeText,
  owner: text,
  created_at: text,
  updated_at: text,
  version: number,
};
export const channelShape: Shape<Channel> = fields(channelFields);
export const channelWithSecretShape: Shape<ChannelWithSecret> = fields({
  ...channelFields,
  secret: maybeText,
});

export const noticeRouteShape: Shape<NoticeRoute> = fields({
  route_id: text,
  channel_id: text,
  channel: text,
  events: listOf(oneOf(NOTICE_EVENTS)),
  tag: maybeText,
  job_type: maybeText,
  everyone: flag,
  owner: text,
  created_at: text,
});

const failure = nullable(fields({ type: text, message: text }));

export const deliveryShape: Shape<Delivery> = fields({
  delivery_id: text,
  webhook_id: text,
  event: text,
  run_id: maybeText,
  owner: text,
  type: oneOf(CHANNEL_TYPES),
  channel_id: maybeText,
  channel: maybeText,
  to: texts,
  state: oneOf(DELIVERY_STATES),
  created_at: text,
  ended_at: maybeText,
  next_attempt_at: maybeText,
  attempts_made: number,
  attempts_most: number,
  last_status: nullable(number),
  last_error: failure,
  attempts: listOf(
    fields({
      attempt: number,
      ended_at: text,
      duration_ms: number,
      status: nullable(number),
      error: failure,
    }),
  ),
});
