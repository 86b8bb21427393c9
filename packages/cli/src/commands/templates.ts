import { basename, extname } from 'node:path';
import type { Template } from '@tenuto/contract';
import { ApiError } from '@tenuto/sdk';
import { readObjectFile } from '../document/object-file.ts';
import { EXIT } from '../exit-code.ts';
import { tableLines } from '../terminal/table.ts';
import { printable, truncate } from '../terminal/text.ts';
import { jobLine } from '../watch/frame.ts';
import { watch } from '../watch/watch.ts';
import type { Command } from './command.ts';
import { readParams, readSource } from './job-input.ts';
import { facts, PAGE, readCount, showList } from './listing.ts';
import { dryRunLines } from './validate.ts';

/** `tenuto templates ls`: newest first. */
export const listTemplates: Command<[options: { readonly limit: string }]> = async (
  session,
  { limit: written },
) => {
  const limit = readCount(written);
  const listing = session.client().templates.list({ limit: Math.min(limit, PAGE) });
  return showList(session, { listing, limit }, templateLines);
};

function templateLines(templates: readonly Template[]): readonly string[] {
  return tableLines(
    ['NAME', 'VERSION', 'NODES', 'CHANGED', 'ABOUT'],
    templates.map((template) => [
      printable(template.name),
      String(template.version),
      String(template.dag_definition.nodes.length),
      template.updated_at,
      truncate(printable(template.description ?? ''), 50),
    ]),
  );
}

export interface ShowTemplateOptions {
  readonly versions?: boolean;
  /** As it was written. */
  readonly at?: string;
}

/** `tenuto templates show NAME`. */
export const showTemplate: Command<[name: string, options: ShowTemplateOptions]> = async (
  session,
  name,
  { versions = false, at },
) => {
  const { templates } = session.client();
  if (versions) {
    const listing = templates.versions(name, { limit: PAGE });
    return showList(session, { listing, limit: Number.POSITIVE_INFINITY }, templateLines);
  }
  const template = await templates.get(name, at === undefined ? {} : { version: readCount(at) });
  session.output.result(template, () => [
    `${printable(template.name)}, version ${template.version}`,
    ...facts([
      ['id', template.template_id],
      ['owner', template.owner],
      ['about', template.description ?? ''],
      ['changed', `${template.updated_at} by ${template.updated_by}`],
    ]),
    '',
    ...textOf({ params_schema: template.params_schema, dag_definition: template.dag_definition }),
  ]);
  return EXIT.ok;
};

function textOf(value: object): readonly string[] {
  return JSON.stringify(value, null, 2).split('\n').map(printable);
}

/** `tenuto templates put FILE`: makes a template, or a new version of it. */
export const putTemplate: Command<[path: string, options: { readonly name?: string }]> = async (
  session,
  path,
  { name },
) => {
  const source = await readSource(session, path);
  const file = readObjectFile(source, 'A template is an object with "dag_definition".');
  session.about(file);
  const usual = basename(source.name, extname(source.name)) || 'template';
  const named = name ?? file.body.name ?? usual;
  const body = { ...file.body, name: named };
  const { templates } = session.client();
  const template = await templates
    .replace(String(named), body)
    .catch((error: unknown) => (isMissing(error) ? templates.create(body) : Promise.reject(error)));
  session.output.result(template, () => [
    `${printable(template.name)} is at version ${template.version}.`,
    `Use it: tenuto templates run '${printable(template.name)}'`,
  ]);
  return EXIT.ok;
};

function isMissing(error: unknown): boolean {
  return error instanceof ApiError && error.status === 404;
}

/** `tenuto templates rm NAME`. */
export const removeTemplate: Command<[name: string]> = async ({ output, client }, name) => {
  const template = await client().templates.remove(name);
  output.result(template, () => [
    `Deleted ${printable(template.name)}, version ${template.version}.`,
  ]);
  return EXIT.ok;
};

export interface RunTemplateOptions {
  readonly param?: readonly string[];
  readonly name?: string;
  readonly at?: string;
  readonly watch?: boolean;
  readonly dryRun?: boolean;
  readonly idempotencyKey?: string;
}

/** `tenuto templates run NAME`: submits a job that is made from it. */
export const runTemplate: Command<[name: string, options: RunTemplateOptions]> = async (
  session,
  name,
  options,
) => {
  const { io, output } = session;
  const client = session.client();
  const { name: jobName, at, idempotencyKey } = options;
  const use = {
    params: readParams(options.param ?? []),
    ...(jobName !== undefined && { job_name: jobName }),
    ...(at !== undefined && { version: readCount(at) }),
  };
  if (options.dryRun) {
    const answer = await client.templates.dryRun(name, use);
    const { palette } = output;
    output.result(answer, () => dryRunLines(answer, { name, palette, width: io.size().width }));
    return EXIT.ok;
  }
  const key = idempotencyKey === undefined ? {} : { idempotencyKey };
  const job = await client.templates.instantiate(name, use, key);
  if (!options.watch) {
    output.result(job, () => [
      jobLine(job, output.palette),
      `Watch it: tenuto jobs watch ${job.job_id}`,
    ]);
    return EXIT.ok;
  }
  output.event({ type: 'submitted', job });
  output.say(jobLine(job, output.palette));
  return watch({ io, output, client, jobId: job.job_id, outline: new Map() });
};
