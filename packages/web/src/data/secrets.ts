import type { CreateSecret, EditSecret } from '@tenuto/contract';
import { useChange } from './change.ts';
import { client } from './client.ts';
import { LIVE_MS } from './live.ts';
import { PAGE, usePages } from './pages.ts';

const key = ['secrets'] as const;

export function useSecrets() {
  return usePages({
    key,
    read: (cursor, signal) => client.secrets.list({ limit: PAGE }, { signal }).page(cursor),
    everyMs: LIVE_MS.calm,
  });
}

export function useCreateSecret() {
  return useChange(key, (body: CreateSecret) => client.secrets.create(body));
}

export interface SecretChange {
  readonly name: string;
  readonly version: number;
  readonly body: EditSecret;
}

export function useEditSecret() {
  return useChange(key, ({ name, version, body }: SecretChange) =>
    client.secrets.update(name, body, { version }),
  );
}

export function useRemoveSecret() {
  return useChange(key, (name: string) => client.secrets.remove(name));
}
