import {
  type CreateSecret,
  type EditSecret,
  formatTime,
  type List,
  OrchestrationError,
  type PutSecret,
  SECRET_NAME,
  type Secret,
} from '@tenuto/contract';
import type {
  Access,
  Idempotency,
  JobStore,
  SecretEdit,
  SecretRecord,
  SecretStore,
} from '@tenuto/engine';
import { authorize, type Caller } from '../auth/principal.ts';
import type { Vault } from '../secrets/vault.ts';
import { namesVersion, refuseStale, staleError } from './entity-tag.ts';
import { readIdempotency, refuseOtherUse } from './idempotency.ts';
import { auditOf } from './job-state.ts';
import { listOf, type Paging, pageRequest, runKey } from './paging.ts';

/** What the services of secrets work with. */
export interface SecretParts {
  readonly secrets: SecretStore;
  readonly jobs: Pick<JobStore, 'submission'>;
  readonly vault: Vault;
  readonly newId: () => string;
  /** Why this is no host that a secret can be bound to; undefined when it is one. */
  readonly hostFault: (host: string) => string | undefined;
}

const WHAT = 'secrets';

/** What the value of a secret is sealed for. */
export function sealOf(secretId: string): string {
  return `secret:${secretId}`;
}

/**
 * Stores a secret; its value is not shown again, to nobody. The same key with the same body answers
 * with what the first request made.
 * @throws OrchestrationError 409 for a name that is taken, 422 for hosts that are none and for a key
 *   used with another body
 */
export async function createSecret(
  parts: SecretParts,
  caller: Caller,
  { body, key }: { readonly body: CreateSecret; readonly key: string | undefined },
): Promise<Secret> {
  const access = authorize(caller.principal, 'jobs:write', WHAT);
  const { name, value, description = null, allowed_hosts: hosts = null } = body;
  // What is kept of the request must not be a way to try values.
  const said = ['secret', { ...body, value: parts.vault.fingerprint(value) }];
  const idempotency = readIdempotency(key, said);
  const before = idempotency && (await firstAnswer(parts, access, idempotency));
  if (before !== undefined) return before;
  refuseHosts(parts, hosts);
  const secretId = parts.newId();
  const result = await parts.secrets.create({
    ...{ secretId, owner: access.owner, name, description, allowedHosts: hosts },
    sealed: parts.vault.seal(value, sealOf(secretId)),
    ...(idempotency && { idempotency }),
    audit: auditOf(caller, 'secret.created', secretId, { name, allowed_hosts: hosts }),
  });
  if (result === 'taken') {
    throw new OrchestrationError('conflict', `You have a secret "${name}" already.`);
  }
  if (result === 'done') return secretView(await findSecret(parts, access, secretId));
  const winner = idempotency && (await firstAnswer(parts, access, idempotency));
  if (winner !== undefined) return winner;
  throw new OrchestrationError('conflict', 'Another request with this key is under way.');
}

async function firstAnswer(
  { jobs, secrets }: SecretParts,
  access: Access,
  idempotency: Idempotency,
): Promise<Secret | undefined> {
  const used = await jobs.submission(access.owner, idempotency.key);
  if (used === undefined) return undefined;
  refuseOtherUse(idempotency, used);
  const made = await secrets.find(access, used.runId);
  if (made !== undefined) return secretView(made);
  throw new OrchestrationError('conflict', 'The secret that this key made has been deleted.');
}

/** @throws OrchestrationError 404 */
export async function getSecret(parts: SecretParts, caller: Caller, name: string): Promise<Secret> {
  const access = authorize(caller.principal, 'jobs:read', WHAT);
  return secretView(await findSecret(parts, access, name));
}

/** Newest first, without their values. */
export async function listSecrets(
  { secrets }: SecretParts,
  caller: Caller,
  paging: Paging,
): Promise<List<Secret>> {
  const access = authorize(caller.principal, 'jobs:read', WHAT);
  const request = pageRequest(paging, runKey);
  const page = await secrets.list(access, request);
  return listOf(page, request, {
    codec: runKey,
    key: (record: SecretRecord) => record.secretId,
    item: secretView,
  });
}

interface Wanted {
  readonly name: string;
  readonly ifMatch: string | undefined;
}

/**
 * Sets a secret whether or not it was there.
 * @returns whether it was made by this
 * @throws OrchestrationError 412, 422 for hosts that are none
 */
export async function putSecret(
  parts: SecretParts,
  caller: Caller,
  { name, ifMatch, body }: Wanted & { readonly body: PutSecret },
): Promise<{ readonly secret: Secret; readonly created: boolean }> {
  const access = authorize(caller.principal, 'jobs:write', WHAT);
  const before = await parts.secrets.find(access, name);
  if (before === undefined) {
    if (ifMatch !== undefined) throw notFound(name);
    refuseName(name);
    return {
      secret: await createSecret(parts, caller, { body: { ...body, name }, key: undefined }),
      created: true,
    };
  }
  const { value, description = null, allowed_hosts = null } = body;
  const changes = { value, description, allowed_hosts };
  return { secret: await edit(parts, caller, { before, ifMatch, changes }), created: false };
}

/** @throws OrchestrationError 404, 412, 422 for hosts that are none */
export async function editSecret(
  parts: SecretParts,
  caller: Caller,
  { name, ifMatch, changes }: Wanted & { readonly changes: EditSecret },
): Promise<Secret> {
  const access = authorize(caller.principal, 'jobs:write', WHAT);
  const before = await findSecret(parts, access, name);
  return edit(parts, caller, { before, ifMatch, changes });
}

async function edit(
  parts: SecretParts,
  caller: Caller,
  change: {
    readonly before: SecretRecord;
    readonly ifMatch: string | undefined;
    readonly changes: EditSecret;
  },
): Promise<Secret> {
  const { before, ifMatch, changes } = change;
  const access = authorize(caller.principal, 'jobs:write', WHAT);
  const { value, description, allowed_hosts: allowedHosts } = changes;
  const { secretId, name } = before;
  refuseStale(before, ifMatch, 'secret');
  refuseHosts(parts, allowedHosts ?? null);
  const fields: SecretEdit = {
    secretId,
    ...(namesVersion(ifMatch) && { version: before.version }),
    ...(value !== undefined && { sealed: parts.vault.seal(value, sealOf(secretId)) }),
    ...(description !== undefined && { description }),
    ...(allowedHosts !== undefined && { allowedHosts }),
    audit: auditOf(caller, 'secret.updated', secretId, {
      ...{ name, fields: Object.keys(changes) },
      ...(allowedHosts !== undefined && { allowed_hosts: allowedHosts }),
    }),
  };
  refuseOthers(await parts.secrets.change(access, fields), before);
  return secretView(await findSecret(parts, access, secretId));
}

/**
 * Deletes a secret. Jobs that name it fail where they would have used it.
 * @throws OrchestrationError 404, 412
 */
export async function deleteSecret(
  parts: SecretParts,
  caller: Caller,
  { name, ifMatch }: Wanted,
): Promise<Secret> {
  const access = authorize(caller.principal, 'jobs:write', WHAT);
  const before = await findSecret(parts, access, name);
  refuseStale(before, ifMatch, 'secret');
  const { secretId } = before;
  const removal = {
    secretId,
    ...(namesVersion(ifMatch) && { version: before.version }),
    audit: auditOf(caller, 'secret.deleted', secretId, { name: before.name }),
  };
  refuseOthers(await parts.secrets.remove(access, removal), before);
  return secretView(before);
}

function refuseOthers(result: 'done' | 'stale' | 'missing', of: SecretRecord): void {
  if (result === 'missing') throw notFound(of.name);
  if (result === 'stale') throw staleError(of, 'secret');
}

async function findSecret(
  { secrets }: Pick<SecretParts, 'secrets'>,
  access: Access,
  name: string,
): Promise<SecretRecord> {
  const found = await secrets.find(access, name);
  if (found === undefined) throw notFound(name);
  return found;
}

function refuseHosts({ hostFault }: SecretParts, hosts: readonly string[] | null): void {
  const validationErrors = (hosts ?? []).flatMap((value, i) => {
    const message = hostFault(value);
    return message === undefined ? [] : [{ path: `/allowed_hosts/${i}`, message, value }];
  });
  const [first] = validationErrors;
  if (first === undefined) return;
  const detail = `${first.path} ${first.message}`;
  throw new OrchestrationError('unprocessable', detail, { validationErrors });
}

/** A name that comes in an address has not been looked at. */
function refuseName(name: string): void {
  if (new RegExp(SECRET_NAME).test(name)) return;
  const message = 'is letters, digits and _ only, not a digit first, at most 100';
  throw new OrchestrationError('validation_failed', `/name ${message}.`, {
    validationErrors: [{ path: '/name', message, value: name }],
  });
}

function notFound(name: string): OrchestrationError {
  return new OrchestrationError('not_found', `There is no secret ${name}.`);
}

function secretView(record: SecretRecord): Secret {
  return {
    secret_id: record.secretId,
    name: record.name,
    description: record.description,
    allowed_hosts: record.allowedHosts === null ? null : [...record.allowedHosts],
    owner: record.owner,
    version: record.version,
    created_at: formatTime(record.createdAt),
    updated_at: formatTime(record.updatedAt),
  };
}
