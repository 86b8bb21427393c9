import type { JsonObject, McpServer, McpTool } from '@tenuto/contract';
import { EXIT } from '../exit-code.ts';
import { UsageError } from '../failure.ts';
import { tableLines } from '../terminal/table.ts';
import { printable, truncate } from '../terminal/text.ts';
import type { Command, Session } from './command.ts';
import { readParams, readValue } from './job-input.ts';
import { PAGE, readCount, showList } from './listing.ts';

/** `tenuto mcp list`: newest first. */
export const listServers: Command<[options: { readonly limit: string }]> = async (
  session,
  { limit: written },
) => {
  const limit = readCount(written);
  const listing = session.client().mcpServers.list({ limit: Math.min(limit, PAGE) });
  return showList(session, { listing, limit }, serverLines);
};

function serverLines(servers: readonly McpServer[]): readonly string[] {
  return tableLines(
    ['NAME', 'TRANSPORT', 'WHERE', 'TOOLS'],
    servers.map(({ name, transport, url, command, tools_allow: tools }) => [
      name,
      transport,
      truncate(printable(url ?? command?.join(' ') ?? ''), 60),
      truncate(printable(tools?.join(', ') ?? 'all'), 40),
    ]),
  );
}

export interface AddServerOptions {
  readonly http?: string;
  readonly header?: readonly string[];
  readonly env?: readonly string[];
  readonly tool?: readonly string[];
  readonly description?: string;
}

/** `tenuto mcp add NAME --http URL`, or `tenuto mcp add NAME -- PROGRAM ARGUMENT...`. */
export const addServer: Command<
  [name: string, command: readonly string[], options: AddServerOptions]
> = async ({ output, client }, name, command, options) => {
  const { http: url, header = [], env = [], tool, description } = options;
  if ((url === undefined) === (command.length === 0)) {
    throw new UsageError('Give --http, or a program behind --, and not both.');
  }
  const where: JsonObject =
    url === undefined
      ? { transport: 'stdio', command, ...(env.length > 0 && { env: pairs(env, '=') }) }
      : { transport: 'http', url, ...(header.length > 0 && { headers: pairs(header, ':') }) };
  const server = await client().mcpServers.create({
    name,
    ...where,
    ...(tool !== undefined && { tools_allow: tool }),
    ...(description !== undefined && { description }),
  });
  output.result(server, () => [
    `${server.name} is registered. Its tools are actions: uses: ${server.name}.<tool>`,
    `Try it: tenuto mcp check ${server.name}`,
  ]);
  return EXIT.ok;
};

/** @throws UsageError for what has no sign between name and value */
function pairs(given: readonly string[], sign: '=' | ':'): JsonObject {
  return Object.fromEntries(
    given.map((one) => {
      const at = one.indexOf(sign);
      if (at < 1) throw new UsageError(`"${one}" is not written name${sign}value.`);
      return [one.slice(0, at).trim(), one.slice(at + 1).trim()];
    }),
  );
}

/** `tenuto mcp delete NAME`. */
export const deleteServer: Command<[name: string]> = async ({ output, client }, name) => {
  const server = await client().mcpServers.remove(name);
  output.result(server, () => [`${server.name} is deleted.`]);
  return EXIT.ok;
};

/** `tenuto mcp tools NAME`. */
export const listTools: Command<[name: string]> = async ({ output, client }, name) => {
  const list = await client().mcpServers.tools(name);
  output.result(list, () =>
    list.tools.length === 0 ? ['It has no tools.'] : toolLines(list.tools),
  );
  return EXIT.ok;
};

function toolLines(tools: readonly McpTool[]): readonly string[] {
  return tableLines(
    ['USES', 'HINTS', 'TAKES', 'ABOUT'],
    tools.map((tool) => [
      printable(tool.uses),
      hintsOf(tool),
      truncate(printable(fieldsOf(tool)), 40),
      truncate(printable((tool.description ?? '').split('\n')[0] ?? ''), 60),
    ]),
  );
}

function hintsOf({ allowed, read_only: readOnly, destructive }: McpTool): string {
  if (!allowed) return 'not allowed';
  if (readOnly) return 'read only';
  return destructive ? 'destructive' : '';
}

function fieldsOf({ input_schema: { properties } }: McpTool): string {
  return typeof properties === 'object' && properties !== null
    ? Object.keys(properties).join(', ')
    : '';
}

/** `tenuto mcp check NAME`: ends well when the server can be spoken with. */
export const checkServer: Command<[name: string]> = async ({ output, client }, name) => {
  const check = await client().mcpServers.check(name);
  output.result(check, () => [
    check.ok
      ? `${check.server} is well: ${printable(check.server_name ?? '')} ${printable(check.server_version ?? '')}, ${check.tools} tools, ${check.duration_ms} ms`
      : `${check.server} cannot be spoken with: ${printable(check.error?.message ?? '')}`,
  ]);
  return check.ok ? EXIT.ok : EXIT.unsound;
};

export interface CallOptions {
  readonly arg?: readonly string[];
  readonly json?: string;
}

/** How often is looked whether the call is over. */
const LOOK_MS = 250;

/** `tenuto mcp call NAME TOOL`: as a job of one node, which is waited for. */
export const callServerTool: Command<[name: string, tool: string, options: CallOptions]> = async (
  session,
  server,
  tool,
  options,
) => {
  const { output, client } = session;
  const job = await client().jobs.submit({
    job_name: `mcp call ${server}.${tool}`.slice(0, 255),
    dag_definition: {
      nodes: [
        {
          id: 'call',
          uses: 'mcp.call',
          // What is asked for by hand is asked for as it stands.
          with: escaped({ server, tool, arguments: argumentsOf(options) }),
          max_retries: 0,
        },
      ],
    },
  });
  const node = await ended(session, job.job_id);
  output.result(node, () =>
    node.error === null || node.error === undefined
      ? outputLines(node.output)
      : [`${server}.${tool} failed: ${printable(node.error.message)}`],
  );
  return node.status === 'completed' ? EXIT.ok : EXIT.jobFailed;
};

function argumentsOf({ arg = [], json }: CallOptions): JsonObject {
  const whole = json === undefined ? {} : readValue(json);
  if (typeof whole !== 'object' || whole === null || Array.isArray(whole)) {
    throw new UsageError('--arguments is a JSON object.');
  }
  return { ...(whole as JsonObject), ...readParams(arg) };
}

/** Text that looks like an expression, kept as text; secrets stay what they are. */
function escaped(value: JsonObject): JsonObject {
  return JSON.parse(JSON.stringify(value), (_, part: unknown) =>
    typeof part === 'string' ? part.replaceAll(/\$\{(?!secrets\.)/g, '$$$${') : part,
  );
}

async function ended({ io, client }: Session, jobId: string) {
  for (;;) {
    const job = await client().jobs.get(jobId);
    if (job.completed_at !== null) return await client().jobs.node(jobId, 'call');
    await io.sleep(LOOK_MS);
  }
}

function outputLines(output: unknown): readonly string[] {
  if (typeof output === 'object' && output !== null && 'text' in output) {
    const { text } = output;
    if (typeof text === 'string' && text !== '') return text.split('\n').map(printable);
  }
  return JSON.stringify(output ?? null, null, 2)
    .split('\n')
    .map(printable);
}
