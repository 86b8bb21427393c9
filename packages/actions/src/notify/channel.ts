import type { ActionCall, ActionOutcome } from '@tenuto/engine';
import { refused } from '../action.ts';

/** A channel as a run may use it; its secrets are for signing and go nowhere else. */
export type NotifyChannel =
  | {
      readonly type: 'webhook';
      readonly url: string;
      readonly secrets: readonly string[];
      readonly active: boolean;
    }
  | { readonly type: 'email'; readonly to: readonly string[]; readonly active: boolean };

/** Finds a channel of the run's owner by its name. */
export type FindChannel = (owner: string, name: string) => Promise<NotifyChannel | undefined>;

type Found<Type> =
  | { readonly channel: Extract<NotifyChannel, { type: Type }> }
  | { readonly refusal: ActionOutcome };

/** The channel that a call names, or why it cannot be used. */
export async function channelOf<Type extends NotifyChannel['type']>(
  find: FindChannel,
  { owner }: Pick<ActionCall, 'owner'>,
  wanted: { readonly name: string; readonly type: Type },
): Promise<Found<Type>> {
  const { name, type } = wanted;
  let channel: NotifyChannel | undefined;
  try {
    channel = await find(owner, name);
  } catch (error) {
    return { refusal: unread(name, error) };
  }
  if (channel === undefined) {
    return { refusal: refused('unknown_channel', `There is no channel "${name}".`) };
  }
  if (!isOf(channel, type)) {
    return { refusal: refused('wrong_channel', `The channel "${name}" is not of type ${type}.`) };
  }
  if (channel.active) return { channel };
  return { refusal: refused('channel_disabled', `The channel "${name}" is disabled.`) };
}

function isOf<Type extends NotifyChannel['type']>(
  channel: NotifyChannel,
  type: Type,
): channel is Extract<NotifyChannel, { type: Type }> {
  return channel.type === type;
}

/** The database is away, or the secret was sealed under a key that this server does not have. */
function unread(name: string, error: unknown): ActionOutcome {
  const reason = error instanceof Error ? error.message : 'it cannot be read';
  return {
    status: 'failed',
    error: {
      classification: 'infrastructure',
      type: 'channel_unread',
      message: `The channel "${name}" cannot be read now: ${reason}`,
    },
  };
}
