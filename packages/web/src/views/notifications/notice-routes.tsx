import { Button, MultiSelect, Select, Switch } from '@mantine/core';
import {
  type CreateNoticeRoute,
  NOTICE_EVENTS,
  type NoticeEvent,
  type NoticeRoute,
} from '@tenuto/contract';
import { useState } from 'react';
import {
  useChannels,
  useCreateNoticeRoute,
  useNoticeRoutes,
  useRemoveNoticeRoute,
} from '../../data/notifications.ts';
import { useMay } from '../../data/scopes.ts';
import { Confirm, type Question } from '../../ui/confirm.tsx';
import { EditorDialog } from '../../ui/editor-dialog.tsx';
import { TextField } from '../../ui/fields.tsx';
import { useFormState } from '../../ui/form-state.ts';
import { Paged } from '../../ui/paged.tsx';
import { RowMenu } from '../../ui/row-menu.tsx';
import { type Column, ThingTable } from '../../ui/thing-table.tsx';
import { tellFailure, thenClose } from '../../ui/toasts.ts';
import { NOTICE_WORDS as words } from '../../words-notifications.ts';
import type { PartProps } from './part.ts';

const NEW_ROUTE = 'new-route';

/** Which events go to which channel. */
export function NoticeRoutes({ may, search, go }: PartProps) {
  const routes = useNoticeRoutes();
  const open = (what: string) => go({ ...search, open: what });
  return (
    <section className="card">
      <header>
        <h2>{words.routes}</h2>
        <span className="dim grow">{words.routesText}</span>
        {may && (
          <Button variant="default" onClick={() => open(NEW_ROUTE)}>
            {words.createRoute}
          </Button>
        )}
      </header>
      <Paged pages={routes} empty={<p className="card-body dim">{words.noRoutes}</p>}>
        {(items) => <Table routes={items} may={may} />}
      </Paged>
      {may && search.open === NEW_ROUTE && <RouteForm close={() => open('')} />}
    </section>
  );
}

const COLUMNS: readonly Column<NoticeRoute>[] = [
  {
    ...{ head: words.on, first: true },
    cell: ({ events }) => events.map((event) => words.events[event]).join(', '),
  },
  { head: words.channel, cell: ({ channel }) => <code>{channel}</code> },
  { head: words.only, cell: (route) => onlyOf(route) },
];

function onlyOf({ tag, job_type: type, everyone }: NoticeRoute): string {
  const parts = [tag, type, everyone ? words.everyone : null].filter((part) => part !== null);
  return parts.length === 0 ? words.anyRun : parts.join(', ');
}

interface TableProps {
  readonly routes: readonly NoticeRoute[];
  readonly may: boolean;
}

function Table({ routes, may }: TableProps) {
  const [question, setQuestion] = useState<Question>();
  const remove = useRemoveNoticeRoute();
  const ask = ({ route_id: id, channel }: NoticeRoute) =>
    setQuestion({
      ...{ title: words.remove, text: words.removeRouteText(channel), verb: words.remove },
      danger: true,
      act: () => remove.mutate(id, { onError: (error) => tellFailure(words.remove, error) }),
    });
  const columns = [
    ...COLUMNS,
    {
      head: '',
      cell: (route: NoticeRoute) =>
        may && (
          <RowMenu
            of={route.channel}
            actions={[{ word: words.remove, danger: true, act: () => ask(route) }]}
          />
        ),
    },
  ];
  return (
    <>
      <ThingTable
        label={words.routes}
        items={routes}
        keyOf={(route) => route.route_id}
        columns={columns}
      />
      <Confirm question={question} close={() => setQuestion(undefined)} />
    </>
  );
}

const FIRST = {
  channel: '',
  events: ['run.failed', 'run.timeout'] as readonly NoticeEvent[],
  tag: '',
  jobType: '',
  everyone: false,
};

function bodyOf({ channel, events, tag, jobType, everyone }: typeof FIRST): CreateNoticeRoute {
  return {
    ...{ channel, events: [...events] },
    ...(tag.trim() !== '' && { tag: tag.trim() }),
    ...(jobType.trim() !== '' && { job_type: jobType.trim() }),
    ...(everyone && { everyone }),
  };
}

function RouteForm({ close }: { readonly close: () => void }) {
  const isAdmin = useMay()('admin');
  const channels = useChannels();
  const [form, put] = useFormState(FIRST);
  const create = useCreateNoticeRoute();
  const submit = () => create.mutate(bodyOf(form), thenClose(words.routeCreated, close));
  return (
    <EditorDialog
      title={words.createRoute}
      verb={words.createRoute}
      change={create}
      submit={submit}
      close={close}
    >
      {(wrong) => (
        <>
          <Select
            label={words.channel}
            data={(channels.data?.pages ?? []).flatMap(({ items }) =>
              items.map(({ name }) => name),
            )}
            value={form.channel === '' ? null : form.channel}
            onChange={(channel) => put({ channel: channel ?? '' })}
            error={wrong.get('channel')}
            required
            withAsterisk={false}
          />
          <MultiSelect
            label={words.on}
            data={NOTICE_EVENTS.map((value) => ({ value, label: words.events[value] }))}
            value={[...form.events]}
            onChange={(chosen) =>
              put({ events: NOTICE_EVENTS.filter((event) => chosen.includes(event)) })
            }
            error={wrong.get('events')}
          />
          <TextField
            {...{ label: words.tag, value: form.tag }}
            put={(tag) => put({ tag })}
            error={wrong.get('tag')}
          />
          <TextField
            {...{ label: words.jobType, value: form.jobType }}
            put={(jobType) => put({ jobType })}
            error={wrong.get('job_type')}
          />
          {isAdmin && (
            <Switch
              label={words.everyone}
              checked={form.everyone}
              onChange={(event) => put({ everyone: event.currentTarget.checked })}
            />
          )}
        </>
      )}
    </EditorDialog>
  );
}
