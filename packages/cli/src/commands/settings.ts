import type { SettingView } from '@tenuto/contract';
import { EXIT } from '../exit-code.ts';
import { tableLines } from '../terminal/table.ts';
import { printable, truncate } from '../terminal/text.ts';
import type { Command } from './command.ts';

/** `tenuto settings list`: by what they are about. */
export const listSettings: Command<[options: { readonly changed?: boolean }]> = async (
  { output, client },
  { changed = false },
) => {
  const { settings } = await client().settings.read();
  const shown = settings.filter(({ source }) => !changed || source !== 'default');
  output.result({ settings: shown }, () =>
    tableLines(
      ['SETTING', 'VALUE', 'SOURCE', ''],
      shown.map((setting) => [
        setting.name,
        truncate(printable(valueText(setting)), 50),
        setting.source,
        printable(setting.meaning),
      ]),
    ),
  );
  return EXIT.ok;
};

function valueText({ secret, is_set: isSet, value }: SettingView): string {
  if (secret) return isSet ? '(secret)' : '';
  if (Array.isArray(value)) return value.join(', ');
  return typeof value === 'boolean' ? (value ? 'on' : 'off') : String(value ?? '');
}
