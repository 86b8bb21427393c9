/** Registered MCP servers as actions use them: with the secrets of their owner put in. */
import { OrchestrationError } from '@tenuto/contract';
import type {
  DocumentRecord,
  DocumentStore,
  FindMcpServer,
  McpServerSpec,
  OpenSecret,
} from '@tenuto/engine';
import { contentOf, secretsIn, withSecretsIn } from './mcp-server-content.ts';

type OpenSecrets = (
  owner: string,
  names: readonly string[],
) => Promise<ReadonlyMap<string, OpenSecret>>;

/** Finds a server by its owner and name; throws as {@link createMcpSpec} does. */
export function mcpServerFinder(
  documents: Pick<DocumentStore, 'named'>,
  specOf: (record: DocumentRecord) => Promise<McpServerSpec>,
): FindMcpServer {
  return async (owner, name) => {
    const [record] = await documents.named(owner, 'mcp_server', [name]);
    return record && (await specOf(record));
  };
}

/**
 * Makes what puts the secrets of a registration's owner into it.
 * @returns a function that throws OrchestrationError 422 for a secret that is not there any more
 */
export function createMcpSpec(open: OpenSecrets) {
  return async (record: DocumentRecord): Promise<McpServerSpec> => {
    const { headers, env, ...content } = contentOf(record);
    const texts = [...Object.values(headers), ...Object.values(env)];
    const names = [...new Set(texts.flatMap((text) => secretsIn(text)))];
    const secrets =
      names.length === 0 ? new Map<string, OpenSecret>() : await open(record.owner, names);
    const missing = names.find((name) => !secrets.has(name));
    if (missing !== undefined) {
      const detail = `The MCP server "${record.name}" needs the secret ${missing}, which is not there.`;
      throw new OrchestrationError('unprocessable', detail);
    }
    const values = Object.fromEntries([...secrets].map(([name, { value }]) => [name, value]));
    const filled = (of: Readonly<Record<string, string>>) =>
      Object.fromEntries(
        Object.entries(of).map(([name, text]) => [name, withSecretsIn(text, values)]),
      );
    return {
      ...{ serverId: record.documentId, name: record.name, owner: record.owner },
      ...{ ...content, headers: filled(headers), env: filled(env), secrets },
    };
  };
}
