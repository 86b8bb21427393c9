import {
  formatTime,
  type JsonObject,
  type List,
  OrchestrationError,
  type ProfilePlan,
  type ProfileSummary,
  type ProfileVerdict,
  type ProfileView,
  type ValidationError,
  type WriteProfile,
} from '@tenuto/contract';
import { type Access, needsOfPhases, type Plan, type ProfileGraph, shapeOf } from '@tenuto/engine';
import { authorize, type Caller } from '../auth/principal.ts';
import { readProfile } from '../profiles/profile-form.ts';
import {
  type Content,
  changeDocument,
  createDocument,
  type DocumentParts,
  deleteDocument,
  findDocument,
  listDocumentVersions,
  type NamedPaging,
  notFound,
} from './documents.ts';
import type { GraphParts } from './job-submit.ts';
import { isNamed, nameFilter } from './name-filter.ts';
import { listOf, type Paging, pageRequest, positionKey } from './paging.ts';
import {
  type FoundProfile,
  fileProfile,
  PROFILE,
  type ProfileUse,
  storedProfile,
} from './profile-use.ts';
import { checkProfile } from './run-input.ts';

export type ProfileParts = DocumentParts & GraphParts;

const WHAT = 'profiles';

/** @throws OrchestrationError 409 for a name that is taken, 422 with all that is wrong with it */
export async function createProfile(
  parts: ProfileParts,
  caller: Caller,
  { body, key }: { readonly body: WriteProfile; readonly key: string | undefined },
): Promise<ProfileView> {
  const access = authorize(caller.principal, 'runs:write', WHAT);
  const content = async () => {
    await refuseFile(parts, body.name);
    return contentFor(parts, access, body);
  };
  const of = { ...PROFILE, access, body, key, content };
  return profileView(storedProfile(await createDocument(parts, caller, of)));
}

async function contentFor(
  parts: ProfileParts,
  access: Access,
  body: WriteProfile,
): Promise<Content> {
  await checkProfile(parts, access, body);
  const content: JsonObject = JSON.parse(JSON.stringify({ ...body, schema_version: 1 }));
  return { name: body.name, content };
}

/** A file is read by all, under its name; nobody has another of that name. */
async function refuseFile(parts: ProfileParts, name: string): Promise<void> {
  const file = await useOf(parts).files.find(name);
  if (file === undefined) return;
  const whose = file.source === 'shipped' ? 'ships with the server' : 'is a file of the server';
  const detail = `The profile "${name}" ${whose} and cannot be changed here; make one of another name.`;
  throw new OrchestrationError('conflict', detail);
}

/** @throws OrchestrationError 404 */
export async function getProfile(
  parts: ProfileParts,
  caller: Caller,
  wanted: { readonly name: string; readonly version: number | undefined },
): Promise<ProfileView> {
  const access = authorize(caller.principal, 'runs:read', WHAT);
  return profileView(await found(parts, access, wanted));
}

async function found(
  parts: ProfileParts,
  access: Access,
  { name, version }: { readonly name: string; readonly version?: number | undefined },
): Promise<FoundProfile> {
  const profile = await useOf(parts).find(access, name, version);
  if (profile !== undefined) return profile;
  throw notFound(PROFILE.what, version === undefined ? name : `${name} in version ${version}`);
}

/** Files first, by name; then those that are stored, newest first. */
export async function listProfiles(
  parts: ProfileParts,
  caller: Caller,
  { name, ...paging }: NamedPaging,
): Promise<List<ProfileSummary>> {
  const access = authorize(caller.principal, 'runs:read', WHAT);
  const request = pageRequest(paging, positionKey);
  const from = request.after === undefined ? request.offset : request.after + 1;
  const named = nameFilter(name);
  const all = await useOf(parts).files.list();
  const files = all.filter(({ profile }) => isNamed(named, profile.name));
  const shown = files.slice(from, from + request.limit).map(fileProfile);
  // None at all is no page; what one more would be says whether there is more.
  const left = request.limit - shown.length;
  const page = await parts.documents.list(
    access,
    { kind: PROFILE.kind, ...named },
    { limit: Math.max(1, left), offset: Math.max(0, from - files.length) },
  );
  const stored = left === 0 ? [] : page.items.map(storedProfile);
  const items = [...shown, ...stored].map((profile, i) => [from + i, profile] as const);
  const hasMore = left === 0 ? from + items.length < files.length + page.total : page.hasMore;
  return listOf(
    { items, total: files.length + page.total, totalIsEstimate: page.totalIsEstimate, hasMore },
    request,
    { codec: positionKey, key: ([position]) => position, item: ([, one]) => summaryOf(one) },
  );
}

/** Newest first. @throws OrchestrationError 404 */
export async function listProfileVersions(
  parts: ProfileParts,
  caller: Caller,
  { name, ...paging }: Paging & { readonly name: string },
): Promise<List<ProfileView>> {
  const access = authorize(caller.principal, 'runs:read', WHAT);
  const profile = await found(parts, access, { name });
  const { record } = profile;
  if (record === undefined) {
    const request = pageRequest(paging, positionKey);
    const items = request.offset > 0 || request.after !== undefined ? [] : [profile];
    const page = { items, total: 1, totalIsEstimate: false, hasMore: false };
    return listOf(page, request, { codec: positionKey, key: () => 1, item: profileView });
  }
  const item = (version: typeof record) => profileView(storedProfile(version));
  return listDocumentVersions(parts, access, { record, paging, item });
}

interface Wanted {
  readonly name: string;
  readonly ifMatch: string | undefined;
}

/** @throws OrchestrationError 404, 409 for files and for a name that is taken, 412, 422 */
export async function replaceProfile(
  parts: ProfileParts,
  caller: Caller,
  { name, ifMatch, body }: Wanted & { readonly body: WriteProfile },
): Promise<ProfileView> {
  const access = authorize(caller.principal, 'runs:write', WHAT);
  await refuseUnstored(parts, access, name);
  const record = await changeDocument(parts, caller, {
    ...{ ...PROFILE, access, idOrName: name, ifMatch },
    // What it names has to belong to its owner, whoever changes it.
    content: async ({ owner, name: present }) => {
      if (body.name !== present) await refuseFile(parts, body.name);
      return contentFor(parts, { owner, all: false }, body);
    },
  });
  return profileView(storedProfile(record));
}

/**
 * Deletes a profile; runs of it stay as they are.
 * @throws OrchestrationError 404, 409 for files, 412
 */
export async function deleteProfile(
  parts: ProfileParts,
  caller: Caller,
  { name, ifMatch }: Wanted,
): Promise<ProfileView> {
  const access = authorize(caller.principal, 'runs:write', WHAT);
  await refuseUnstored(parts, access, name);
  const of = { ...PROFILE, access, idOrName: name, ifMatch };
  return profileView(storedProfile(await deleteDocument(parts, caller, of)));
}

/** Says of a file that it is one, and not that it is missing. */
async function refuseUnstored(parts: ProfileParts, access: Access, name: string): Promise<void> {
  const stored = await parts.documents.find(access, PROFILE.kind, name);
  if (stored !== undefined) return;
  await refuseFile(parts, name);
  await findDocument(parts, access, PROFILE, name);
}

/**
 * All that is wrong with a profile: with the one that is sent, or else the one of that name; and,
 * if asked for, the plan that it becomes.
 * @throws OrchestrationError 404
 */
export async function validateProfile(
  parts: ProfileParts,
  caller: Caller,
  { name, sent, withPlan }: Validation,
): Promise<ProfileVerdict> {
  const access = authorize(caller.principal, 'runs:read', WHAT);
  const stored = name === undefined ? undefined : await found(parts, access, { name });
  const written = sent === undefined ? stored?.profile : sent;
  const read = readProfile(written);
  if (!('profile' in read) || read.problems.length > 0) return faulty(read.problems);
  try {
    const { graph, plan } = await checkProfile(parts, access, read.profile);
    const phases = graph.phases.map(({ id, needs, waits, agents }) => ({
      ...{ phase: id, needs: [...needs], auto_advance: !waits, agent_ids: [...agents] },
    }));
    return {
      ...{ valid: true, problems: [], phases, node_count: plan.nodeCount },
      ...(withPlan && { plan: planOf(graph, plan) }),
    };
  } catch (error) {
    if (!(error instanceof OrchestrationError) || error.status >= 500) throw error;
    const told = error.validationErrors;
    return faulty(told.length > 0 ? told : [{ path: '', message: error.message }]);
  }
}

interface Validation {
  readonly name: string | undefined;
  readonly sent: unknown;
  readonly withPlan: boolean;
}

function planOf({ dag, placeOf }: ProfileGraph, plan: Plan): ProfilePlan {
  const indexes = new Map(plan.ids.map((id, index) => [id, index]));
  const { levelSizes, criticalPath } = shapeOf(plan);
  return {
    nodes: dag.nodes.map(({ id, uses, parent_nodes: parents = [] }, i) => ({
      ...{ node_id: id, phase: id.slice(0, id.indexOf('/')), place: placeOf(`/nodes/${i}`) },
      ...{ uses: uses ?? null, parent_nodes: [...parents] },
      level: plan.levels[indexes.get(id) ?? -1] ?? 0,
    })),
    edge_count: plan.edgeCount,
    level_count: levelSizes.length,
    critical_path: [...criticalPath],
  };
}

function faulty(problems: readonly ValidationError[]): ProfileVerdict {
  return { valid: false, problems: [...problems], phases: [], node_count: 0 };
}

function useOf({ rules }: ProfileParts): ProfileUse {
  if (rules.profiles === undefined) throw new Error('there are no profiles');
  return rules.profiles;
}

function summaryOf({ profile, source, version, record }: FoundProfile): ProfileSummary {
  const { name, title = null, description = null, phases } = profile;
  const needs = needsOfPhases(phases);
  return {
    profile_id: record?.documentId ?? null,
    ...{ name, title, description, source, version },
    phases: phases.map(({ id }) => id),
    outline: phases.map(({ id, name: called = id, agents, gates = [] }) => ({
      ...{ phase: id, name: called, needs: [...(needs.get(id) ?? [])] },
      ...{ agents: agents.length, gates: gates.length },
    })),
    schema_version: 1,
    owner: record?.owner ?? null,
    created_at: record === undefined ? null : formatTime(record.createdAt),
    updated_at: record === undefined ? null : formatTime(record.updatedAt),
    updated_by: record?.updatedBy ?? null,
  };
}

function profileView(found: FoundProfile): ProfileView {
  return { ...summaryOf(found), profile: found.profile };
}
