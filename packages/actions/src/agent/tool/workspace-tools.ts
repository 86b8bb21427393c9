/** Tools over the files of a run's workspace. Paths are the workspace's to judge. */
import type { ArtifactType, JsonObject } from '@tenuto/contract';
import { WorkspaceError } from '@tenuto/engine';
import Type, { type Static, type TObject } from 'typebox';
import { Check } from 'typebox/value';
import { AGENT_LIMITS } from '../limits.ts';
import { type AgentTool, answer, refusal, type Told, type ToolUse } from './agent-tool.ts';
import { wireName } from './tool-name.ts';

const closed = { additionalProperties: false } as const;
const path = Type.String({ description: 'Relative to the workspace, with / between its parts.' });
const glob = Type.Optional(
  Type.String({ description: 'Only files that match: *, ** and ? as usual. All if absent.' }),
);
const from = Type.Optional(
  Type.Integer({ minimum: 0, description: 'Leave out so many of the first ones.' }),
);

const READ = Type.Object(
  {
    path,
    from_line: Type.Optional(Type.Integer({ minimum: 1, description: 'The first line, from 1.' })),
    lines: Type.Optional(Type.Integer({ minimum: 1, maximum: 5_000 })),
  },
  closed,
);
const WRITE = Type.Object({ path, content: Type.String() }, closed);
const LIST = Type.Object({ glob, from }, closed);
const SEARCH = Type.Object(
  {
    text: Type.String({ minLength: 1, description: 'Plain text to look for, within a line.' }),
    ignore_case: Type.Optional(Type.Boolean()),
    glob,
    from,
  },
  closed,
);

/** What is known of a file that an agent is expected to leave. */
export type NoteOf = (
  path: string,
) => { readonly type?: ArtifactType; readonly description?: string } | undefined;

/** All tools over the workspace, by their names. */
export function workspaceTools(noteOf: NoteOf): readonly AgentTool[] {
  return [
    tool('workspace.read', 'Reads a text file of the workspace, in pages of lines.', READ, read),
    tool(
      'workspace.write',
      'Writes a text file of the workspace, whole: what was there before is replaced. Folders are made on the way.',
      WRITE,
      (input, use) => write(input, use, noteOf),
    ),
    tool('workspace.list', 'Lists files of the workspace with their sizes.', LIST, list),
    tool('workspace.search', 'Finds lines in files of the workspace.', SEARCH, search),
  ];
}

function tool<S extends TObject>(
  name: string,
  description: string,
  schema: S,
  run: (input: Static<S>, use: ToolUse) => Promise<Told>,
): AgentTool {
  // A schema of TypeBox is a JSON schema.
  const inputSchema: JsonObject = JSON.parse(JSON.stringify(schema));
  return {
    name,
    spec: { name: wireName(name), description, inputSchema },
    repeatable: true,
    async run(input, use) {
      const given: unknown = input;
      if (!Check(schema, given)) return refusal(`${name}: the input does not fit its schema.`);
      try {
        return await run(given, use);
      } catch (thrown) {
        if (!(thrown instanceof WorkspaceError) || thrown.kind === 'unavailable') throw thrown;
        return refusal(`${name}: ${thrown.message}`);
      }
    },
  };
}

async function read(
  { path: file, from_line: first = 1, lines }: Static<typeof READ>,
  use: ToolUse,
) {
  const bytes = await use.session.workspace.read(file);
  const text = textOf(bytes);
  if (text === undefined) return refusal(`${file} is no text; it has ${bytes.length} bytes.`);
  const all = text.split('\n');
  const page: string[] = [];
  let size = 0;
  for (const line of all.slice(first - 1, lines === undefined ? undefined : first - 1 + lines)) {
    size += Buffer.byteLength(line) + 1;
    if (size > AGENT_LIMITS.pageBytes && page.length > 0) break;
    page.push(line);
  }
  const next = first + page.length;
  const more =
    next <= all.length
      ? `\n[lines ${first} to ${next - 1} of ${all.length}; go on with from_line ${next}]`
      : '';
  return answer(page.join('\n') + more);
}

async function write({ path: file, content }: Static<typeof WRITE>, use: ToolUse, noteOf: NoteOf) {
  const bytes = Buffer.from(content.toWellFormed());
  if (bytes.length > AGENT_LIMITS.writeBytes) {
    return refusal(`${file}: write at most ${AGENT_LIMITS.writeBytes} bytes at once.`);
  }
  const written = await use.session.workspace.write(file, bytes, noteOf(file));
  return answer(`Wrote ${written.path}, ${written.sizeBytes} bytes.`, [written.path]);
}

async function list({ glob: pattern, from: start = 0 }: Static<typeof LIST>, use: ToolUse) {
  const files = await use.session.workspace.list(pattern);
  if (files.length === 0) return answer('There are no such files.');
  const page = files.slice(start, start + AGENT_LIMITS.listed);
  const lines = page.map(({ path: file, sizeBytes }) => `${file} (${sizeBytes} bytes)`);
  return answer([...lines, ...rest(start + page.length, files.length, 'files')].join('\n'));
}

async function search(input: Static<typeof SEARCH>, { session }: ToolUse) {
  const { text, ignore_case: ignoreCase = false, glob: pattern, from: start = 0 } = input;
  const fold = (line: string) => (ignoreCase ? line.toLowerCase() : line);
  const wanted = fold(text);
  const files = (await session.workspace.list(pattern)).slice(0, AGENT_LIMITS.searchFiles);
  const found: string[] = [];
  const most = start + AGENT_LIMITS.searchMatches;
  for (const { path: file, sizeBytes } of files) {
    if (sizeBytes > AGENT_LIMITS.searchFileBytes || found.length > most) continue;
    session.check();
    const content = textOf(await session.workspace.read(file));
    for (const [index, line] of (content ?? '').split('\n').entries()) {
      if (!fold(line).includes(wanted)) continue;
      found.push(`${file}:${index + 1}: ${line.slice(0, AGENT_LIMITS.lineChars)}`);
    }
  }
  if (found.length === 0) return answer('Nothing was found.');
  const page = found.slice(start, most);
  return answer([...page, ...rest(start + page.length, found.length, 'lines')].join('\n'));
}

function rest(shown: number, all: number, what: string): readonly string[] {
  return shown < all ? [`[${all - shown} more ${what}; go on with from ${shown}]`] : [];
}

/** Undefined for what is no text. */
function textOf(bytes: Uint8Array): string | undefined {
  if (bytes.includes(0)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
