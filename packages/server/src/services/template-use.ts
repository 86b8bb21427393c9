/** Templates as jobs, sub-runs and tasks use them. */
import {
  type DagInput,
  type Json,
  type JsonObject,
  OrchestrationError,
  type SubmitJob,
  TemplateFieldsSchema,
  type TemplateJob,
  type ValidationError,
} from '@tenuto/contract';
import {
  type Access,
  compileJsonSchema,
  type DocumentRecord,
  type DocumentStore,
} from '@tenuto/engine';
import { Compile } from 'typebox/compile';

export const TEMPLATE = { kind: 'template', what: 'template' } as const;

/** A template as it is stored. */
export interface TemplateContent {
  readonly description: string | null;
  readonly params_schema: JsonObject | boolean | null;
  readonly dag_definition: DagInput;
  readonly job: TemplateJob;
}

const STORED = Compile(TemplateFieldsSchema);

/** A template with the parameters of one use of it. */
export interface ResolvedTemplate {
  readonly templateId: string;
  readonly name: string;
  readonly version: number;
  readonly dag: DagInput;
  /** Completed by the defaults of the template's schema. */
  readonly params: JsonObject;
  /** What its jobs say where they do not say it themselves. */
  readonly job: TemplateJob;
}

export interface TemplateRequest {
  /** Its name, or its id. */
  readonly template: string;
  /** The one in force when absent. */
  readonly version?: number | undefined;
  readonly params: JsonObject;
}

/** Finds a template and checks what it is given; see {@link createTemplateResolver}. */
export type ResolveTemplate = (
  access: Access,
  request: TemplateRequest,
) => Promise<ResolvedTemplate>;

/**
 * Makes what resolves templates.
 * @returns a function that throws OrchestrationError 422 for a template or a version that is not
 *   there (`/template`, `/template_version`), and for parameters that do not fit (`/params/...`)
 */
export function createTemplateResolver(
  documents: Pick<DocumentStore, 'find' | 'version'>,
): ResolveTemplate {
  return async (access, { template, version, params }) => {
    const present = await documents.find(access, TEMPLATE.kind, template);
    if (present === undefined) {
      throw unfit([{ path: '/template', message: `names no template "${template}"` }]);
    }
    const record = await versionOf(documents, access, present, version);
    const { dag_definition: dag, job, params_schema: schema } = templateContent(record);
    const { documentId: templateId, name } = record;
    const fitted = fittedParams(schema, params);
    return { templateId, name, version: record.version, dag, params: fitted, job };
  };
}

async function versionOf(
  documents: Pick<DocumentStore, 'version'>,
  access: Access,
  present: DocumentRecord,
  version: number | undefined,
): Promise<DocumentRecord> {
  if (version === undefined || version === present.version) return present;
  const found = await documents.version(access, { ...present, version });
  if (found !== undefined) return found;
  const message = `is not there: "${present.name}" has versions 1 to ${present.version}`;
  throw unfit([{ path: '/template_version', message }]);
}

/** It was checked before it was stored. */
export function templateContent({
  content,
  documentId,
}: Pick<DocumentRecord, 'content' | 'documentId'>): TemplateContent {
  const read: unknown = content;
  if (isContent(read)) return read;
  throw new Error(`the template ${documentId} is not stored as one`);
}

function isContent(read: unknown): read is TemplateContent {
  return STORED.Check(read);
}

/** @throws OrchestrationError 422 with the place of each parameter that does not fit */
function fittedParams(schema: TemplateContent['params_schema'], params: JsonObject): JsonObject {
  const compiled = compileJsonSchema(schema ?? true);
  if ('faults' in compiled) throw new Error('the schema of a stored template cannot be read');
  const completed = compiled.completed(params);
  const problems = compiled.problems(completed);
  if (problems.length > 0 || !isObject(completed)) {
    throw unfit(problems.map((problem) => ({ ...problem, path: `/params${problem.path}` })));
  }
  return completed;
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function unfit(validationErrors: readonly ValidationError[]): OrchestrationError {
  const [first] = validationErrors;
  const detail = `${first?.path ?? '/params'} ${first?.message ?? 'do not fit'}.`;
  return new OrchestrationError('unprocessable', detail, { validationErrors });
}

/**
 * The job that a template makes up; any other job as it is.
 * @throws OrchestrationError 400 for fields that exclude each other, and as the resolver does
 */
export async function withTemplate(
  resolve: ResolveTemplate = noTemplates,
  access: Access,
  body: SubmitJob,
): Promise<SubmitJob> {
  const { template, template_version: version, params, ...own } = body;
  if (template === undefined) {
    refuse(body, ['template_version', 'params'], 'goes with a template');
    return body;
  }
  const others = ['dag_definition', 'test_suite_id', 'test_case_ids', 'execution_context'] as const;
  refuse(body, others, 'goes in place of a template');
  // The body came through the JSON reader, so what it holds is JSON.
  const given = (params ?? {}) as JsonObject;
  const resolved = await resolve(access, { template, version, params: given });
  const { job, dag } = resolved;
  const named = own.job_name ?? own.name ?? resolved.name;
  const { name: _, ...rest } = own;
  return {
    ...job,
    ...rest,
    job_name: named,
    dag_definition: dag,
    execution_context: resolved.params,
    metadata: {
      ...{ template: resolved.name, template_version: resolved.version },
      ...job.metadata,
      ...own.metadata,
    },
  };
}

const noTemplates: ResolveTemplate = () => Promise.reject(new Error('there are no templates'));

function refuse(body: SubmitJob, fields: readonly (keyof SubmitJob)[], message: string): void {
  const wrong = fields.filter((field) => body[field] !== undefined);
  const validationErrors = wrong.map((field) => ({ path: `/${field}`, message }));
  const [first] = validationErrors;
  if (first === undefined) return;
  const detail = `${first.path} ${first.message}.`;
  throw new OrchestrationError('validation_failed', detail, { validationErrors });
}

/** What is wrong inside of a template stands at its name in the job that uses it. */
export async function atTemplate<T>(body: SubmitJob, work: () => Promise<T>): Promise<T> {
  if (body.template === undefined) return await work();
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof OrchestrationError)) throw error;
    const { code, message, validationErrors } = error;
    if (!validationErrors.some(({ path }) => path.startsWith('/dag_definition'))) throw error;
    const placed = validationErrors.map((problem) => ({
      ...problem,
      path: problem.path.replace(/^\/dag_definition.*/s, '/template'),
      message: `${problem.message} (${problem.path} of the template)`,
    }));
    throw new OrchestrationError(code, message, { validationErrors: placed });
  }
}
