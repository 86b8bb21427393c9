/** What a registration of an MCP server may say. */
import {
  ExpressionError,
  type JsonObject,
  MCP_TRANSPORTS,
  OrchestrationError,
  RESERVED_SERVER_NAMES,
  type ValidationError,
  type WriteMcpServer,
} from '@tenuto/contract';
import {
  compileTemplate,
  type DocumentRecord,
  type McpHands,
  type McpServerSpec,
} from '@tenuto/engine';
import Type from 'typebox';
import { Compile } from 'typebox/compile';

/** A registration as it is stored. */
export type McpContent = Pick<
  McpServerSpec,
  'transport' | 'command' | 'url' | 'headers' | 'env' | 'toolsAllow'
> & {
  readonly description: string | null;
};

/** Only these may be named in headers and variables. */
const SCOPE = {
  steps: new Set<string>(),
  nodes: new Set<string>(),
  variables: new Set(['secrets']),
};
/** Written out in a registration, these would be shown to whoever reads it. */
const CREDENTIAL_HEADER = /auth|cookie|token|secret|credential|password|signature|api-?key/i;
const CREDENTIAL_VARIABLE =
  /(^|_)(TOKEN|SECRET|PASSWORD|PASSWD|API_?KEY|PRIVATE_KEY|CREDENTIALS?)$/i;
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** What the client says itself. */
const RESERVED_HEADER =
  /^(host|content-length|content-type|transfer-encoding|connection|keep-alive|upgrade|te|trailer|expect|accept|mcp-.*|last-event-id)$/i;

/**
 * Checks a registration.
 * @throws OrchestrationError 400 for fields of the other transport, 422 for what cannot be reached
 *   and for credentials that are written out
 */
export function mcpContent(hands: Pick<McpHands, 'fault'>, body: WriteMcpServer): McpContent {
  const { transport, url = '', headers = {}, env = {}, tools_allow: toolsAllow = null } = body;
  refuse('validation_failed', fieldFaults(body));
  const command = [
    ...(typeof body.command === 'string' ? [body.command] : (body.command ?? [])),
    ...(body.args ?? []),
  ];
  const content = { transport, command, url, headers, env, toolsAllow };
  refuse('unprocessable', [
    ...nameFaults(body.name),
    ...reachFaults(hands, content),
    ...textFaults('headers', headers),
    ...textFaults('env', env),
  ]);
  return { ...content, description: body.description ?? null };
}

function fieldFaults(body: WriteMcpServer): readonly ValidationError[] {
  const isHttp = body.transport === 'http';
  const needed = isHttp ? 'url' : 'command';
  const others = isHttp ? (['command', 'args', 'env'] as const) : (['url', 'headers'] as const);
  return [
    ...(body[needed] === undefined ? [{ path: `/${needed}`, message: 'is required' }] : []),
    ...others
      .filter((field) => body[field] !== undefined)
      .map((field) => ({
        path: `/${field}`,
        message: `is not for a server over ${body.transport}`,
      })),
  ];
}

function nameFaults(name: string): readonly ValidationError[] {
  if (!RESERVED_SERVER_NAMES.some((reserved) => reserved === name)) return [];
  return [{ path: '/name', message: 'is how actions are called; choose another', value: name }];
}

function reachFaults(
  hands: Pick<McpHands, 'fault'>,
  server: Pick<McpServerSpec, 'transport' | 'command' | 'url'>,
): readonly ValidationError[] {
  const message = hands.fault(server);
  if (message === undefined) return [];
  return [{ path: server.transport === 'http' ? '/url' : '/command', message }];
}

function textFaults(
  field: 'headers' | 'env',
  values: Readonly<Record<string, string>>,
): readonly ValidationError[] {
  return Object.entries(values).flatMap(([name, value]) => {
    const message = textFault(field, name, value);
    const path = `/${field}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    return message === undefined ? [] : [{ path, message }];
  });
}

function textFault(field: 'headers' | 'env', name: string, value: string): string | undefined {
  if (field === 'headers' && !HEADER_NAME.test(name)) return 'is no name of a header';
  if (field === 'headers' && RESERVED_HEADER.test(name)) return 'is said by the client itself';
  if (field === 'env' && /[=\0]/.test(name)) return 'is no name of a variable';
  const named = secretsIn(value);
  if (typeof named === 'string') return named;
  const isCredential = (field === 'headers' ? CREDENTIAL_HEADER : CREDENTIAL_VARIABLE).test(name);
  if (!isCredential || named.length > 0 || value === '') return undefined;
  return 'is written out: store the value as a secret and say ${secrets.NAME} here';
}

/** The secrets that a text names, or what is wrong with it. */
export function secretsIn(text: string): readonly string[] | string {
  try {
    return [...compileTemplate(text, SCOPE).references.secrets];
  } catch (error) {
    if (error instanceof ExpressionError)
      return error.validationErrors[0]?.message ?? error.message;
    throw error;
  }
}

/** A text with its secrets put in. */
export function withSecretsIn(text: string, secrets: Readonly<Record<string, string>>): string {
  const value = compileTemplate(text, SCOPE).resolve({ secrets });
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function refuse(
  code: 'validation_failed' | 'unprocessable',
  validationErrors: readonly ValidationError[],
): void {
  const [first] = validationErrors;
  if (first === undefined) return;
  const detail = `${first.path} ${first.message}.`;
  throw new OrchestrationError(code, detail, { validationErrors });
}

export function storedContent(content: McpContent): JsonObject {
  return { schema_version: 1, ...content };
}

const texts = Type.Record(Type.String(), Type.String());
const STORED = Compile(
  Type.Object({
    description: Type.Union([Type.String(), Type.Null()]),
    transport: Type.Enum([...MCP_TRANSPORTS]),
    command: Type.Array(Type.String()),
    url: Type.String(),
    headers: texts,
    env: texts,
    toolsAllow: Type.Union([Type.Array(Type.String()), Type.Null()]),
  }),
);

export function contentOf({
  content,
  documentId,
}: Pick<DocumentRecord, 'content' | 'documentId'>): McpContent {
  const read: unknown = content;
  if (STORED.Check(read)) return read;
  throw new Error(`the MCP server ${documentId} is not stored as one`);
}
