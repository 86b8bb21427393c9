/** What the services of a server work with, made from its settings and its store. */
import {
  type ActionRegistry,
  judgeUrl,
  parseAllowList,
  SECRET_BYTES,
  webhookIdOf,
  webhookSecret,
} from '@tenuto/actions';
import { createRunIds } from '@tenuto/engine';
import type { ApiStore } from '@tenuto/store';
import type { FastifyBaseLogger } from 'fastify';
import type { JwsKeys } from './auth/jws.ts';
import { createOidcLogin } from './auth/oidc.ts';
import { createReaders } from './auth/readers.ts';
import { connectRedis } from './bus/redis-connection.ts';
import { type Counters, localCounters } from './limits/counters.ts';
import { sharedCounters } from './limits/shared-counters.ts';
import type { StoreParts } from './main-store.ts';
import type { ProfileFiles } from './profiles/profile-files.ts';
import { secretKeyOf } from './secrets/secret-key.ts';
import { createVault, type Vault } from './secrets/vault.ts';
import { createGraphUse } from './services/graph-use.ts';
import type { JobRules } from './services/job-rules.ts';
import type { NotificationParts } from './services/notification-parts.ts';
import { createProfileUse } from './services/profile-use.ts';
import { createPolicyUse } from './services/retry-policy-use.ts';
import { resealSecrets } from './services/secret-use.ts';
import { createTemplateResolver } from './services/template-use.ts';
import type { Settings } from './settings.ts';
import { systemClock, systemRandom } from './system-clock.ts';

/** By what people come in: tokens, JWTs, cookies, and a provider that they sign in by. */
export function doors(
  { jwt, oidc }: Settings,
  parts: Pick<ApiStore, 'tokens'> &
    Pick<NotificationParts, 'vault'> & { keys: JwsKeys | undefined },
) {
  const { tokens, keys, vault } = parts;
  const readers = createReaders({ tokens, keys, jwt, clock: systemClock });
  if (oidc === undefined) return { readers };
  const login = createOidcLogin({
    settings: oidc,
    vault,
    jwt: readers.jwt,
    clock: systemClock,
    random: systemRandom,
  });
  return { readers, oidc: login };
}

/** Counters of requests: shared by all servers of one Redis, or of this process alone. */
export function countersOf(
  { redis: shared }: Settings,
  { logger, teardown }: StoreParts,
): Counters {
  const local = localCounters(systemClock);
  if (shared === undefined) return local;
  const redis = connectRedis(shared.url, { name: 'tenuto-limits', log: logger });
  teardown.add(async () => redis.close());
  return sharedCounters({ redis, local, clock: systemClock });
}

export function notificationsOf(
  { httpAllow }: Settings,
  parts: Pick<NotificationParts, 'notices' | 'jobs' | 'vault' | 'relay'>,
): NotificationParts {
  const allow = parseAllowList(httpAllow);
  const newId = createRunIds(systemClock, systemRandom);
  return {
    ...parts,
    webhookIdOf,
    newId: () => newId().text,
    newSecret: () => webhookSecret(systemRandom.bytes(SECRET_BYTES)),
    webhookFault(url) {
      const verdict = judgeUrl(url, allow);
      return verdict.allowed ? undefined : `cannot be used: ${verdict.reason}`;
    },
  };
}

interface Sealing {
  readonly vault: Vault;
  readonly logger: FastifyBaseLogger;
}

/** Stored secrets are sealed under one key; what others have sealed before can still be opened. */
export async function openVault(settings: Settings, dataDir: string): Promise<Vault> {
  const { secretKey: preset, previousSecretKeys: previous } = settings;
  const key = await secretKeyOf(dataDir, { preset, random: systemRandom });
  return createVault(key, systemRandom, previous);
}

/** Seals under the present key, behind everything else, what was sealed under one before it. */
export function reseal(
  { previousSecretKeys: previous }: Settings,
  secrets: ApiStore['secrets'],
  { vault, logger }: Sealing,
): void {
  if (previous.length === 0) return;
  resealSecrets(secrets, vault).then(
    (resealed) => logger.info({ resealed }, 'secrets are sealed under the present key'),
    (error: unknown) => logger.error({ err: error }, 'secrets could not be sealed anew'),
  );
}

export function rulesOf(
  settings: Settings,
  { retryPolicies: store, secrets, documents, prices }: ApiStore,
  {
    actions,
    files,
    models,
  }: Pick<JobRules, 'models'> & {
    readonly actions: () => ActionRegistry;
    readonly files: ProfileFiles;
  },
): Omit<JobRules, 'clock'> {
  const checkAction = (uses: string) => actions().check(uses);
  const defaults = {
    maxConcurrentNodes: settings.maxConcurrentNodes,
    maxRetries: settings.defaultMaxRetries,
    maxRetryDelayMs: settings.maxRetryDelayMs,
    timeoutMs: settings.jobTimeoutMs,
    ...(settings.timezone !== undefined && { timezone: settings.timezone }),
  };
  return {
    defaults,
    checkAction,
    policies: createPolicyUse({ store, clock: systemClock, defaults }),
    templates: createTemplateResolver(documents),
    prices,
    ...(models !== undefined && { models }),
    profiles: createProfileUse({ documents, files }),
    graphs: createGraphUse({
      secrets,
      mcpServers: async (owner, names) => {
        const found = await documents.named(owner, 'mcp_server', names);
        return found.map(({ name }) => name);
      },
      checkAction,
      checkSecrets: (uses, field) => actions().checkSecrets(uses, field),
    }),
  };
}
