/** Files that agents are made of: the models of the deployment, and recorded answers. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { yamlData } from '../profiles/yaml-data.ts';
import { SettingsError } from '../settings-reader.ts';

/** Recorded answers that come with the server. */
export const SHIPPED_SCRIPTS = join(import.meta.dirname, '../../profiles/scripts');

export interface ReadFile {
  readonly file: string;
  readonly content: unknown;
}

/**
 * What a file of YAML or JSON says, by a reader that knows its form.
 * @param setting names the file
 * @throws SettingsError that says what is wrong with it
 */
export async function readSettingFile<T>(
  setting: string,
  file: string,
  read: (content: unknown) => T,
): Promise<T> {
  try {
    return read(yamlData(await readFile(file, 'utf8')));
  } catch (error) {
    throw refusal(setting, file, error);
  }
}

/**
 * All files of YAML and JSON in some folders; those of a later folder come later.
 * @throws SettingsError
 */
export async function readFolders(
  setting: string,
  folders: readonly string[],
): Promise<readonly ReadFile[]> {
  const found: ReadFile[] = [];
  for (const folder of folders) {
    for (const name of await namesIn(setting, folder)) {
      const file = join(folder, name);
      const content = await readSettingFile(setting, file, (written) => written);
      found.push({ file, content });
    }
  }
  return found;
}

async function namesIn(setting: string, folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).filter((name) => /\.(ya?ml|json)$/.test(name)).sort();
  } catch (error) {
    throw refusal(setting, folder, error);
  }
}

function refusal(setting: string, path: string, error: unknown): SettingsError {
  const reason = error instanceof Error ? error.message : String(error);
  return new SettingsError(setting, `names ${path}, which cannot be used: ${reason}`);
}
