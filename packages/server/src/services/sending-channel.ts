import type { NoticeStore } from '@tenuto/engine';
import type { Vault } from '../secrets/vault.ts';
import { secretOf } from './notification-channels.ts';

/**
 * Finds the channel that an action names, by the owner of its run, with its secrets opened.
 * @throws VaultError when they cannot be opened here, and as the store does
 */
export function channelFinder(notices: Pick<NoticeStore, 'sendingChannel'>, vault: Vault) {
  return async (owner: string, name: string) => {
    const channel = await notices.sendingChannel(owner, name);
    if (channel === undefined) return undefined;
    const { type, url, recipients, state, channelId, sealedSecrets } = channel;
    const active = state === 'active';
    if (type === 'email') return { type, to: recipients ?? [], active };
    const secrets = sealedSecrets.map((sealed) => vault.open(sealed, secretOf(channelId)));
    return { type, url: url ?? '', secrets, active };
  };
}
