import { Switch, TextInput } from '@mantine/core';
import { SETTING_GROUPS, type SettingGroup, type SettingView } from '@tenuto/contract';
import { useState } from 'react';
import { useServerSettings } from '../../data/settings.ts';
import { fitsSetting, settingText } from '../../logic/settings.ts';
import { Empty, Failure } from '../../ui/notice.tsx';
import { Waiting } from '../../ui/skeleton.tsx';
import { SETTINGS_WORDS as words } from '../../words-settings.ts';

/** All settings of the server that answers, and where each comes from. */
export function ServerSettings() {
  const { data, error, refetch } = useServerSettings(true);
  const [onlyChanged, setOnlyChanged] = useState(false);
  const [text, setText] = useState('');
  const shown = data?.settings.filter((setting) => fitsSetting(setting, { text, onlyChanged }));
  return (
    <section className="card" aria-label={words.server}>
      <header>
        <h2>{words.server}</h2>
        <span className="grow" />
        <TextInput
          type="search"
          aria-label={words.search}
          placeholder={words.search}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          data-search
        />
        <Switch
          label={words.changed}
          checked={onlyChanged}
          onChange={(event) => setOnlyChanged(event.currentTarget.checked)}
        />
      </header>
      <p className="card-body dim">{words.serverText}</p>
      {shown === undefined &&
        (error === null ? <Waiting /> : <Failure error={error} again={() => void refetch()} />)}
      {shown?.length === 0 && <Empty title={words.none} />}
      {shown !== undefined && shown.length > 0 && (
        <div className="table-scroll">
          <table className="table table-cards settings">
            <thead>
              <tr>
                <th>{words.setting}</th>
                <th>{words.value}</th>
                <th>{words.source}</th>
              </tr>
            </thead>
            {SETTING_GROUPS.map((group) => (
              <Group
                key={group}
                group={group}
                settings={shown.filter((setting) => setting.group === group)}
              />
            ))}
          </table>
        </div>
      )}
      <p className="card-body dim row">
        {words.terminal} <code>{words.example}</code>
      </p>
    </section>
  );
}

interface GroupProps {
  readonly group: SettingGroup;
  readonly settings: readonly SettingView[];
}

function Group({ group, settings }: GroupProps) {
  if (settings.length === 0) return null;
  return (
    <tbody>
      <tr className="settings-group">
        <th colSpan={3} scope="rowgroup">
          {words.groups[group]}
        </th>
      </tr>
      {settings.map((setting) => (
        <tr key={setting.name}>
          <td className="first">
            <code>{setting.name}</code>
            <span className="setting-meaning dim">{setting.meaning}</span>
          </td>
          <td className="setting-value">
            {setting.value === null ||
            (Array.isArray(setting.value) && setting.value.length === 0) ? (
              <span className="dim">{settingText(setting)}</span>
            ) : (
              settingText(setting)
            )}
          </td>
          <td>
            <span className={setting.source === 'default' ? 'dim' : 'tag tag-on'}>
              {words.sources[setting.source]}
            </span>
          </td>
        </tr>
      ))}
    </tbody>
  );
}
