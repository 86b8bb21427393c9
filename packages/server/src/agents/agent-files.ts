/** Files that agents are made of: models, recorded answers, system prompts. */
import { readdir, readFile, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { parse } from 'yaml';

/** Aliases that a file may have: enough for people, too few for a bomb. */
const ALIASES = 100;
const PROMPT_BYTES = 400_000;

/** A file of YAML or JSON. @throws what reading or parsing throws */
export async function readYaml(file: string): Promise<unknown> {
  return parse(await readFile(file, 'utf8'), { maxAliasCount: ALIASES });
}

/** All files of YAML and JSON in some folders; one that is in a later folder comes later. */
export async function readFolders(
  folders: readonly string[],
): Promise<readonly { readonly file: string; readonly content: unknown }[]> {
  const found: { readonly file: string; readonly content: unknown }[] = [];
  for (const folder of folders) {
    const names = (await readdir(folder)).filter((name) => /\.(ya?ml|json)$/.test(name)).sort();
    for (const name of names) {
      const file = join(folder, name);
      found.push({ file, content: await readYaml(file) });
    }
  }
  return found;
}

/** Names of prompts are names of files, below a folder: no other way leads out of one. */
const PROMPT_NAME = /^[A-Za-z0-9][A-Za-z0-9_-]*([./][A-Za-z0-9][A-Za-z0-9_-]*){0,4}$/;

/**
 * Finds system prompts by name, with or without `.md`, in the first of some folders that has it.
 * Links that lead out of the folder are not followed.
 */
export function promptFinder(
  folders: readonly string[],
): (name: string) => Promise<string | undefined> {
  return async (name) => {
    if (!PROMPT_NAME.test(name)) return undefined;
    for (const folder of folders) {
      for (const file of [name, `${name}.md`]) {
        const text = await textWithin(folder, file);
        if (text !== undefined) return text;
      }
    }
    return undefined;
  };
}

async function textWithin(folder: string, name: string): Promise<string | undefined> {
  try {
    const root = await realpath(folder);
    const file = await realpath(join(root, name));
    if (!file.startsWith(root + sep)) return undefined;
    const bytes = await readFile(file);
    return bytes.length > PROMPT_BYTES ? undefined : bytes.toString();
  } catch {
    return undefined;
  }
}
