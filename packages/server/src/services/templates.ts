import {
  type DryRun,
  formatTime,
  type InstantiateTemplate,
  type Job,
  type JsonObject,
  LIMITS,
  type List,
  OrchestrationError,
  type SubmitJob,
  type Template,
  type WriteTemplate,
} from '@tenuto/contract';
import { type Access, compileJsonSchema, type DocumentRecord } from '@tenuto/engine';
import { authorize, type Caller } from '../auth/principal.ts';
import {
  type Content,
  changeDocument,
  createDocument,
  type DocumentParts,
  deleteDocument,
  findDocument,
  listDocuments,
  listDocumentVersions,
  type NamedPaging,
} from './documents.ts';
import { checkJob, dryRunJob, submitJob } from './job-submit.ts';
import type { Paging } from './paging.ts';
import type { JobParts } from './services.ts';
import { TEMPLATE, type TemplateContent, templateContent } from './template-use.ts';

export type TemplateParts = DocumentParts & JobParts;

const WHAT = 'templates';

/** @throws OrchestrationError 409 for a name that is taken, 422 for what could not be run */
export async function createTemplate(
  parts: TemplateParts,
  caller: Caller,
  { body, key }: { readonly body: WriteTemplate; readonly key: string | undefined },
): Promise<Template> {
  const access = authorize(caller.principal, 'jobs:write', WHAT);
  const content = () => contentFor(parts, access, body);
  const of = { ...TEMPLATE, access, body, key, content };
  return templateView(await createDocument(parts, caller, of));
}

/** Checks all of a template that can be known before it is used. */
async function contentFor(
  parts: TemplateParts,
  access: Access,
  body: WriteTemplate,
): Promise<Content> {
  const { name, description = null, dag_definition: dag, job = {} } = body;
  // The body came through the JSON reader, so what it holds is JSON.
  const schema = (body.params_schema ?? null) as TemplateContent['params_schema'];
  refuseSchema(schema);
  await checkJob(parts, access, { ...job, job_name: name, dag_definition: dag });
  const said = { schema_version: 1, description, params_schema: schema, dag_definition: dag, job };
  const content: JsonObject = JSON.parse(JSON.stringify(said));
  return { name, content };
}

function refuseSchema(schema: TemplateContent['params_schema']): void {
  if (schema === null) return;
  const compiled = compileJsonSchema(schema);
  const faults = 'faults' in compiled ? compiled.faults : [];
  const long = JSON.stringify(schema).length > LIMITS.paramsSchemaChars;
  const all = long ? [{ path: '', message: 'is too long a schema' }] : faults;
  const validationErrors = all.map((fault) => ({ ...fault, path: `/params_schema${fault.path}` }));
  const [first] = validationErrors;
  if (first === undefined) return;
  const detail = `${first.path} ${first.message}.`;
  throw new OrchestrationError('unprocessable', detail, { validationErrors });
}

/** @throws OrchestrationError 404 */
export async function getTemplate(
  parts: TemplateParts,
  caller: Caller,
  { name, version }: { readonly name: string; readonly version: number | undefined },
): Promise<Template> {
  const access = authorize(caller.principal, 'jobs:read', WHAT);
  const present = await findDocument(parts, access, TEMPLATE, name);
  if (version === undefined || version === present.version) return templateView(present);
  const found = await parts.documents.version(access, { ...present, version });
  if (found !== undefined) return templateView(found);
  const detail = `The template "${present.name}" has no version ${version}.`;
  throw new OrchestrationError('not_found', detail);
}

/** Newest first. */
export function listTemplates(
  parts: TemplateParts,
  caller: Caller,
  paging: NamedPaging,
): Promise<List<Template>> {
  const access = authorize(caller.principal, 'jobs:read', WHAT);
  return listDocuments(parts, access, { kind: TEMPLATE.kind, paging, item: templateView });
}

/** Newest first. @throws OrchestrationError 404 */
export async function listTemplateVersions(
  parts: TemplateParts,
  caller: Caller,
  { name, ...paging }: Paging & { readonly name: string },
): Promise<List<Template>> {
  const access = authorize(caller.principal, 'jobs:read', WHAT);
  const record = await findDocument(parts, access, TEMPLATE, name);
  return listDocumentVersions(parts, access, { record, paging, item: templateView });
}

interface Wanted {
  readonly name: string;
  readonly ifMatch: string | undefined;
}

/** @throws OrchestrationError 404, 409, 412, 422 */
export async function replaceTemplate(
  parts: TemplateParts,
  caller: Caller,
  { name, ifMatch, body }: Wanted & { readonly body: WriteTemplate },
): Promise<Template> {
  const access = authorize(caller.principal, 'jobs:write', WHAT);
  const record = await changeDocument(parts, caller, {
    ...{ ...TEMPLATE, access, idOrName: name, ifMatch },
    // What its graph names has to belong to its owner, whoever changes it.
    content: ({ owner }) => contentFor(parts, { owner, all: false }, body),
  });
  return templateView(record);
}

/**
 * Deletes a template; runs that were made from it stay as they are.
 * @throws OrchestrationError 404, 412
 */
export async function deleteTemplate(
  parts: TemplateParts,
  caller: Caller,
  { name, ifMatch }: Wanted,
): Promise<Template> {
  const access = authorize(caller.principal, 'jobs:write', WHAT);
  return templateView(
    await deleteDocument(parts, caller, { ...TEMPLATE, access, idOrName: name, ifMatch }),
  );
}

interface Use {
  readonly name: string;
  readonly body: InstantiateTemplate;
}

/** @throws OrchestrationError 404, and as a submit does */
export async function instantiateTemplate(
  parts: TemplateParts,
  caller: Caller,
  { name, body, key }: Use & { readonly key: string | undefined },
): Promise<Job> {
  return submitJob(parts, caller, { body: await jobOf(parts, caller, { name, body }), key });
}

/** What the job would be: nothing is stored. @throws OrchestrationError 404, and as a submit does */
export async function dryRunTemplate(
  parts: TemplateParts,
  caller: Caller,
  use: Use,
): Promise<DryRun> {
  return dryRunJob(parts, caller, await jobOf(parts, caller, use));
}

async function jobOf(
  parts: TemplateParts,
  caller: Caller,
  { name, body }: Use,
): Promise<SubmitJob> {
  const access = authorize(caller.principal, 'jobs:write', WHAT);
  const { documentId } = await findDocument(parts, access, TEMPLATE, name);
  const { version, ...rest } = body;
  return {
    ...rest,
    template: documentId,
    ...(version !== undefined && { template_version: version }),
  };
}

function templateView(record: DocumentRecord): Template {
  const { description, params_schema: schema, dag_definition: dag, job } = templateContent(record);
  return {
    template_id: record.documentId,
    name: record.name,
    description,
    params_schema: schema,
    dag_definition: dag,
    job,
    version: record.version,
    schema_version: 1,
    owner: record.owner,
    created_at: formatTime(record.createdAt),
    updated_at: formatTime(record.updatedAt),
    updated_by: record.updatedBy,
  };
}
