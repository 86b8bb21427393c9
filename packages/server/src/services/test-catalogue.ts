import {
  formatTime,
  type List,
  type NewTestEntry,
  OrchestrationError,
  type TestEntry,
  type TestEntryBody,
} from '@tenuto/contract';
import type { Access, AuditEntry, CatalogueRecord, JobStore, TestStore } from '@tenuto/engine';
import { authorize, type Caller } from '../auth/principal.ts';
import { namesVersion, refuseStale, staleError } from './entity-tag.ts';
import { makeOnce, readIdempotency } from './idempotency.ts';
import { listOf, type Paging, pageRequest } from './paging.ts';
import { checkEntry } from './test-entry-rules.ts';

const ENTRY = 'entry';

export interface TestParts {
  readonly tests: TestStore;
}
export interface CatalogueParts extends TestParts {
  readonly jobs: Pick<JobStore, 'submission'>;
}

const entryKey = {
  write: ({ id, owner }: Pick<CatalogueRecord, 'id' | 'owner'>) => [id, owner],
  read: ([id, owner]: readonly unknown[]) =>
    typeof id === 'string' && typeof owner === 'string' ? { id, owner } : undefined,
};

interface EntryQuery extends Paging {
  readonly kind?: TestEntryBody['kind'];
  readonly suite_id?: string;
  readonly owner?: string;
}

/** By id. */
export async function listEntries(
  { tests }: TestParts,
  caller: Caller,
  query: EntryQuery,
): Promise<List<TestEntry>> {
  const access = authorize(caller.principal, 'jobs:read', 'the test catalogue');
  const request = pageRequest(query, entryKey);
  const filter = {
    ...(query.kind !== undefined && { kind: query.kind }),
    ...(query.suite_id !== undefined && { suiteId: query.suite_id }),
    ...(query.owner !== undefined && { inCharge: query.owner }),
  };
  const page = await tests.catalogue.list(access, filter, request);
  return listOf(page, request, { codec: entryKey, key: (entry) => entry, item: entryView });
}

/** @throws OrchestrationError 404 */
export async function getEntry(parts: TestParts, caller: Caller, id: string): Promise<TestEntry> {
  const access = authorize(caller.principal, 'jobs:read', 'the test catalogue');
  return entryView(await findEntry(parts, access, id));
}

/**
 * Registers a suite or a case.
 * @throws OrchestrationError 409 when there is one of that id, 422 for what could not be run and
 *   for a key used with another body
 */
export async function createEntry(
  parts: CatalogueParts,
  caller: Caller,
  { entry, key }: { readonly entry: NewTestEntry; readonly key: string | undefined },
): Promise<TestEntry> {
  const access = authorize(caller.principal, 'jobs:write', 'the test catalogue');
  const { owner } = access;
  const { catalogue } = parts.tests;
  const { id, ...body } = entry;
  const idempotency = readIdempotency(key, ['test_entry', entry]);
  const made = await makeOnce(
    parts,
    { owner, idempotency, what: 'test entry' },
    {
      find: () => catalogue.find(access, id),
      async make(keyed) {
        await checkEntry(catalogue, owner, { id, body });
        const audit = auditOf(caller, 'created', { id, kind: body.kind });
        const result = await catalogue.create({ owner, id, body, ...keyed, audit });
        if (result !== 'taken') return result;
        throw new OrchestrationError('conflict', `The catalogue has an entry "${id}" already.`);
      },
    },
  );
  return entryView(made);
}

/**
 * Puts an entry in the place of the one of its id, or registers it.
 * @returns the entry, and whether it is new
 * @throws OrchestrationError 412, 422 for what could not be run
 */
export async function putEntry(
  { tests }: TestParts,
  caller: Caller,
  { id, body, ifMatch }: PutEntry,
): Promise<{ readonly entry: TestEntry; readonly created: boolean }> {
  const access = authorize(caller.principal, 'jobs:write', 'the test catalogue');
  const { catalogue } = tests;
  const present = await catalogue.find(access, id);
  const owner = present?.owner ?? access.owner;
  await checkEntry(catalogue, owner, { id, body });
  if (present === undefined) {
    if (namesVersion(ifMatch)) throw staleError({ version: 0 }, ENTRY);
    const audit = auditOf(caller, 'created', { id, kind: body.kind });
    const made = await catalogue.create({ owner, id, body, audit });
    if (typeof made === 'object') return { entry: entryView(made), created: true };
  }
  if (present !== undefined) refuseStale(present, ifMatch, ENTRY);
  const audit = auditOf(caller, 'updated', { id, kind: body.kind });
  const change = { owner, id, body, audit, ...versionOf(present, ifMatch) };
  const replaced = await catalogue.replace(access, change);
  if (replaced === 'missing') throw missing(id);
  if (replaced === 'stale') throw staleError(await findEntry({ tests }, access, id), ENTRY);
  return { entry: entryView(replaced), created: false };
}

interface PutEntry {
  readonly id: string;
  readonly body: TestEntryBody;
  readonly ifMatch: string | undefined;
}

/**
 * @returns the entry as it was
 * @throws OrchestrationError 404, 409 for a suite that has cases, 412
 */
export async function deleteEntry(
  parts: TestParts,
  caller: Caller,
  { id, ifMatch }: Omit<PutEntry, 'body'>,
): Promise<TestEntry> {
  const access = authorize(caller.principal, 'jobs:write', 'the test catalogue');
  const present = await findEntry(parts, access, id);
  refuseStale(present, ifMatch, ENTRY);
  const audit = auditOf(caller, 'deleted', { id, kind: present.body.kind });
  const change = { owner: present.owner, id, audit, ...versionOf(present, ifMatch) };
  const result = await parts.tests.catalogue.remove(access, change);
  if (result === 'missing') throw missing(id);
  if (result === 'stale') throw staleError(await findEntry(parts, access, id), ENTRY);
  if (result === 'used') {
    throw new OrchestrationError('conflict', `The suite "${id}" has cases; delete them first.`);
  }
  return entryView(present);
}

/** The version that the statement must find: it may be another one by then. */
function versionOf(
  present: { readonly version: number } | undefined,
  ifMatch: string | undefined,
): { readonly version?: number } {
  return present !== undefined && namesVersion(ifMatch) ? { version: present.version } : {};
}

async function findEntry(
  { tests }: TestParts,
  access: Access,
  id: string,
): Promise<CatalogueRecord> {
  const entry = await tests.catalogue.find(access, id);
  if (entry === undefined) throw missing(id);
  return entry;
}

function missing(id: string): OrchestrationError {
  return new OrchestrationError('not_found', `The catalogue has no entry "${id}".`);
}

function auditOf(
  { principal, requestId }: Caller,
  verb: string,
  details: { readonly id: string; readonly kind: string },
): AuditEntry {
  const { actor } = principal;
  return { actor, action: `test_entry.${verb}`, subject: details.id, details, requestId };
}

function entryView({ id, owner, body, version, createdAt, updatedAt }: CatalogueRecord): TestEntry {
  return {
    id,
    kind: body.kind,
    title: body.title ?? null,
    description: body.description ?? null,
    command: body.command ?? null,
    folder: body.folder ?? null,
    env: body.env ?? {},
    report: body.report === undefined ? [] : [body.report].flat(),
    pattern: body.pattern ?? null,
    select: body.select ?? null,
    shards: body.shards ?? null,
    on_retry: body.on_retry ?? 'all',
    timeout_seconds: body.timeout_seconds ?? null,
    owner: body.owner ?? null,
    tags: body.tags ?? [],
    suite_id: body.suite_id ?? null,
    classname: body.classname ?? null,
    name: body.kind === 'case' ? (body.name ?? id) : null,
    file: body.file ?? null,
    created_by: owner,
    created_at: formatTime(createdAt),
    updated_at: formatTime(updatedAt),
    version,
  };
}
