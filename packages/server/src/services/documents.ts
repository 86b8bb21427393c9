/** What services of named, versioned documents have in common. */
import { type List, OrchestrationError } from '@tenuto/contract';
import type { Access, DocumentKind, DocumentRecord, DocumentStore, JobStore } from '@tenuto/engine';
import type { Caller } from '../auth/principal.ts';
import { namesVersion, refuseStale, staleError } from './entity-tag.ts';
import { readIdempotency, refuseOtherUse } from './idempotency.ts';
import { auditOf } from './job-state.ts';
import { nameFilter } from './name-filter.ts';
import { listOf, type Paging, pageRequest, positionKey, runKey } from './paging.ts';

export interface DocumentParts {
  readonly documents: DocumentStore;
  readonly jobs: Pick<JobStore, 'submission'>;
}

/** A kind of documents, with its words for people. */
export interface Kind {
  readonly kind: DocumentKind;
  /** `template`, `MCP server` */
  readonly what: string;
}

/** What a version of a document says. */
export type Content = Pick<DocumentRecord, 'name' | 'content'>;

/**
 * Makes a document. The same key with the same body answers with what the first request made.
 * @throws OrchestrationError 409 for a name that is taken, 422 for a key used with another body
 */
export async function createDocument(
  parts: DocumentParts,
  caller: Caller,
  of: Kind & {
    readonly access: Access;
    readonly body: object;
    readonly key: string | undefined;
    /** Checks the body; asked only when the key is new. */
    content(): Promise<Content>;
  },
): Promise<DocumentRecord> {
  const { kind, what, access, body, key } = of;
  const idempotency = readIdempotency(key, [kind, body]);
  const before = idempotency && (await firstAnswer(parts, of, idempotency));
  if (before !== undefined) return before;
  const { name, content } = await of.content();
  const result = await parts.documents.create({
    ...{ kind, owner: access.owner, name, content },
    ...(idempotency && { idempotency }),
    audit: auditOf(caller, `${kind}.created`, '', { name, version: 1 }),
  });
  if (result === 'taken') throw nameTaken(what, name);
  if (result !== 'duplicate') return findDocument(parts, access, of, result.documentId);
  const winner = idempotency && (await firstAnswer(parts, of, idempotency));
  if (winner !== undefined) return winner;
  throw new OrchestrationError('conflict', 'Another request with this key is under way.');
}

async function firstAnswer(
  { jobs, documents }: DocumentParts,
  { kind, what, access }: Kind & { readonly access: Access },
  idempotency: NonNullable<ReturnType<typeof readIdempotency>>,
): Promise<DocumentRecord | undefined> {
  const used = await jobs.submission(access.owner, idempotency.key);
  if (used === undefined) return undefined;
  refuseOtherUse(idempotency, used);
  const made = await documents.find(access, kind, used.runId);
  if (made !== undefined) return made;
  throw new OrchestrationError('conflict', `The ${what} that this key made has been deleted.`);
}

/** @throws OrchestrationError 404 */
export async function findDocument(
  { documents }: Pick<DocumentParts, 'documents'>,
  access: Access,
  { kind, what }: Kind,
  idOrName: string,
): Promise<DocumentRecord> {
  const found = await documents.find(access, kind, idOrName);
  if (found === undefined) throw notFound(what, idOrName);
  return found;
}

/** A page of a list that may be asked for by name. */
export interface NamedPaging extends Paging {
  /** Whole, or how it begins when it ends with `*`. */
  readonly name?: string;
}

/** Newest first. */
export async function listDocuments<Item>(
  { documents }: Pick<DocumentParts, 'documents'>,
  access: Access,
  {
    kind,
    paging: { name, ...paging },
    item,
  }: Pick<Kind, 'kind'> & {
    readonly paging: NamedPaging;
    readonly item: (record: DocumentRecord) => Item;
  },
): Promise<List<Item>> {
  const request = pageRequest(paging, runKey);
  const page = await documents.list(access, { kind, ...nameFilter(name) }, request);
  return listOf(page, request, { codec: runKey, key: ({ documentId }) => documentId, item });
}

/** Newest first. */
export async function listDocumentVersions<Item>(
  { documents }: Pick<DocumentParts, 'documents'>,
  access: Access,
  of: {
    readonly record: DocumentRecord;
    readonly paging: Paging;
    readonly item: (record: DocumentRecord) => Item;
  },
): Promise<List<Item>> {
  const { record, paging, item } = of;
  const request = pageRequest(paging, positionKey);
  const page = await documents.versions(access, record, request);
  return listOf(page, request, { codec: positionKey, key: ({ version }) => version, item });
}

interface Wanted {
  readonly idOrName: string;
  readonly ifMatch: string | undefined;
}

/** Who names no version competes with others for the next one; not for ever. */
const TRIES = 5;

/**
 * Lets a document say something else from now on: a new version.
 * @throws OrchestrationError 404, 409 for a name that is taken, 412 when `ifMatch` is not its version
 */
export async function changeDocument(
  parts: DocumentParts,
  caller: Caller,
  of: Kind &
    Wanted & {
      readonly access: Access;
      content(present: DocumentRecord): Promise<Content>;
    },
): Promise<DocumentRecord> {
  const { kind, what, access, idOrName, ifMatch } = of;
  for (let tries = 1; ; tries += 1) {
    const present = await findDocument(parts, access, of, idOrName);
    refuseStale(present, ifMatch, what);
    const { documentId, version } = present;
    const { name, content } = await of.content(present);
    const details = { name, version: version + 1 };
    const result = await parts.documents.change(access, {
      ...{ kind, documentId, version, name, content },
      audit: auditOf(caller, `${kind}.updated`, documentId, details),
    });
    if (result === 'changed') return findDocument(parts, access, of, documentId);
    if (result === 'taken') throw nameTaken(what, name);
    if (result === 'missing') throw notFound(what, idOrName);
    if (namesVersion(ifMatch) || tries === TRIES) throw staleError(present, what);
  }
}

/** @throws OrchestrationError 404, 412 */
export async function deleteDocument(
  parts: DocumentParts,
  caller: Caller,
  of: Kind & Wanted & { readonly access: Access },
): Promise<DocumentRecord> {
  const { kind, what, access, idOrName, ifMatch } = of;
  const present = await findDocument(parts, access, of, idOrName);
  refuseStale(present, ifMatch, what);
  const { documentId, name, version } = present;
  const result = await parts.documents.remove(access, {
    ...{ kind, documentId, ...(namesVersion(ifMatch) && { version }) },
    audit: auditOf(caller, `${kind}.deleted`, documentId, { name, version }),
  });
  if (result === 'missing') throw notFound(what, idOrName);
  if (result === 'stale') throw staleError(present, what);
  return present;
}

export function notFound(what: string, idOrName: string): OrchestrationError {
  return new OrchestrationError('not_found', `There is no ${what} ${idOrName}.`);
}

function nameTaken(what: string, name: string): OrchestrationError {
  return new OrchestrationError('conflict', `You have another ${what} "${name}" already.`);
}
