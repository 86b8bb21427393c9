import { Button } from '@mantine/core';
import type { Channel } from '@tenuto/contract';
import { useState } from 'react';
import {
  type ChannelVerb,
  useChannelOperation,
  useChannels,
  useEditChannel,
  useRotateChannel,
} from '../../data/notifications.ts';
import { Confirm, type Question } from '../../ui/confirm.tsx';
import { useOpened } from '../../ui/form-state.ts';
import { Empty } from '../../ui/notice.tsx';
import { Paged } from '../../ui/paged.tsx';
import { RowMenu } from '../../ui/row-menu.tsx';
import { ShownOnce } from '../../ui/shown-once.tsx';
import { StatusMark } from '../../ui/status.tsx';
import { type Column, ThingTable } from '../../ui/thing-table.tsx';
import { tell, tellFailure } from '../../ui/toasts.ts';
import { NOTICE_WORDS as words } from '../../words-notifications.ts';
import { ChannelForm } from './channel-form.tsx';
import type { PartProps } from './part.ts';

const NEW_CHANNEL = 'new-channel';

/** Places that messages go to. */
export function Channels({ may, search, go }: PartProps) {
  const channels = useChannels();
  const open = (what: string) => go({ ...search, open: what });
  const known = channels.data?.pages.flatMap(({ items }) => items) ?? [];
  const edited = useOpened(known, ({ channel_id: id }) => id, search.open);
  return (
    <section className="card">
      <header>
        <h2>{words.channels}</h2>
        <span className="dim grow">{words.channelsText}</span>
        {may && <Button onClick={() => open(NEW_CHANNEL)}>{words.createChannel}</Button>}
      </header>
      <Paged
        pages={channels}
        empty={
          <Empty
            title={words.noChannels}
            text={words.noChannelsText}
            example={words.channelExample}
          />
        }
      >
        {(items) => <Table channels={items} may={may} edit={open} />}
      </Paged>
      {may && search.open === NEW_CHANNEL && <ChannelForm close={() => open('')} />}
      {may && edited !== undefined && <ChannelForm channel={edited} close={() => open('')} />}
    </section>
  );
}

const SIGNS = { active: 'completed', disabled: 'paused' } as const;

const COLUMNS: readonly Column<Channel>[] = [
  { head: words.name, first: true, cell: ({ name }) => <code>{name}</code> },
  { head: words.type, cell: ({ type }) => words.types[type] },
  { head: words.where, cell: ({ url, to }) => <code className="cut">{url ?? to?.join(' ')}</code> },
  {
    head: words.state,
    cell: ({ state, disabled_reason: reason }) => (
      <span className="row">
        <StatusMark status={SIGNS[state]} bare />
        {words.states[state]}
        {reason !== null && <span className="dim">{reason}</span>}
      </span>
    ),
  },
];

interface TableProps {
  readonly channels: readonly Channel[];
  readonly may: boolean;
  readonly edit: (channelId: string) => void;
}

function Table({ channels, may, edit }: TableProps) {
  const [question, setQuestion] = useState<Question>();
  const [secret, setSecret] = useState<string>();
  const operation = useChannelOperation();
  const rotate = useRotateChannel();
  const change = useEditChannel();
  const run = (verb: ChannelVerb, channelId: string) =>
    operation.mutate(
      { verb, channelId },
      {
        onSuccess: () => verb === 'test' && tell(words.tested),
        onError: (error) => tellFailure(words.channels, error),
      },
    );
  const askRemove = ({ channel_id: id, name }: Channel) =>
    setQuestion({
      ...{ title: words.remove, text: words.removeText(name), verb: words.remove, danger: true },
      act: () => run('delete', id),
    });
  const askRotate = ({ channel_id: id, name }: Channel) =>
    setQuestion({
      ...{ title: words.rotate, text: words.rotateText(name), verb: words.rotate },
      act: () =>
        rotate.mutate(id, {
          onSuccess: ({ secret: made }) => setSecret(made ?? undefined),
          onError: (error) => tellFailure(words.rotate, error),
        }),
    });
  const turn = ({ channel_id: channelId, version, state }: Channel) =>
    change.mutate(
      { channelId, version, body: { state: state === 'active' ? 'disabled' : 'active' } },
      { onError: (error) => tellFailure(words.change, error) },
    );
  const actionsOf = (channel: Channel) => [
    { word: words.test, act: () => run('test', channel.channel_id) },
    { word: words.change, act: () => edit(channel.channel_id) },
    ...(channel.type === 'webhook' ? [{ word: words.rotate, act: () => askRotate(channel) }] : []),
    { word: channel.state === 'active' ? words.disable : words.enable, act: () => turn(channel) },
    { word: words.remove, danger: true, act: () => askRemove(channel) },
  ];
  const columns = [
    ...COLUMNS,
    {
      head: '',
      cell: (channel: Channel) => may && <RowMenu of={channel.name} actions={actionsOf(channel)} />,
    },
  ];
  return (
    <>
      <ThingTable
        label={words.channels}
        items={channels}
        keyOf={(channel) => channel.channel_id}
        columns={columns}
      />
      <Confirm question={question} close={() => setQuestion(undefined)} />
      {secret !== undefined && (
        <ShownOnce
          title={words.secretTitle}
          text={words.secretText}
          parts={[[words.secret, secret]]}
          close={() => {
            setSecret(undefined);
            rotate.reset();
          }}
        />
      )}
    </>
  );
}
