import { Button } from '@mantine/core';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import type { Webhook } from '@tenuto/contract';
import { useState } from 'react';
import { useMay } from '../../data/scopes.ts';
import { useEditWebhook, useRemoveWebhook, useWebhooks } from '../../data/webhooks.ts';
import { webhookExample } from '../../logic/webhook-example.ts';
import { Confirm, type Question } from '../../ui/confirm.tsx';
import { CopyButton } from '../../ui/copy-id.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { RowMenu } from '../../ui/row-menu.tsx';
import { StatusMark } from '../../ui/status.tsx';
import { type Column, ThingTable } from '../../ui/thing-table.tsx';
import { ThingsPage } from '../../ui/things-page.tsx';
import { When } from '../../ui/time.tsx';
import { tellFailure } from '../../ui/toasts.ts';
import { WEBHOOK_WORDS as words } from '../../words-webhooks.ts';
import { WebhookForm } from './webhook-form.tsx';

/** Addresses that others post to. */
export function WebhooksPage() {
  const { open } = useSearch({ from: '/system/webhooks' });
  const navigate = useNavigate();
  const may = useMay()('events:publish');
  const webhooks = useWebhooks();
  const go = (what: string) =>
    void navigate({ to: '/system/webhooks', search: { open: what }, replace: true });
  return (
    <ThingsPage
      {...{ words, open, go, may, pages: webhooks }}
      idOf={({ webhook_id: id }) => id}
      table={(items) => <Table webhooks={items} may={may} edit={go} />}
      form={(webhook, close) => <WebhookForm {...(webhook && { webhook })} close={close} />}
    />
  );
}

const SIGNS = { active: 'completed', disabled: 'paused' } as const;

const COLUMNS: readonly Column<Webhook>[] = [
  { head: words.name, first: true, cell: ({ name }) => name },
  {
    head: words.state,
    cell: ({ state }) => (
      <span className="row">
        <StatusMark status={SIGNS[state]} bare />
        {words.states[state]}
      </span>
    ),
  },
  {
    head: words.topic,
    cell: ({ topic }) => (
      <Link to="/events" search={{ topic }}>
        {topic}
      </Link>
    ),
  },
  {
    head: words.verify,
    cell: ({ verify, has_secret: hasSecret }) =>
      verify !== 'none' && !hasSecret ? (
        <span className="tone-red">
          {words.verifications[verify]}, {words.noSecret}
        </span>
      ) : (
        words.verifications[verify]
      ),
  },
  { head: words.address, cell: ({ path }) => path !== null && <Address path={path} /> },
  { head: words.updated, cell: ({ updated_at: at }) => <When at={at} /> },
];

function Address({ path }: { readonly path: string }) {
  return (
    <span className="copy-id">
      <code>{path}</code>
      <CopyButton text={location.origin + path} what={words.address} />
    </span>
  );
}

interface TableProps {
  readonly webhooks: readonly Webhook[];
  readonly may: boolean;
  readonly edit: (webhookId: string) => void;
}

function Table({ webhooks, may, edit }: TableProps) {
  const [question, setQuestion] = useState<Question>();
  const [tried, setTried] = useState<Webhook>();
  const remove = useRemoveWebhook();
  const change = useEditWebhook();
  const ask = ({ webhook_id: id, name }: Webhook) =>
    setQuestion({
      ...{ title: words.remove, text: words.removeText(name), verb: words.remove, danger: true },
      act: () => remove.mutate(id, { onError: (error) => tellFailure(words.remove, error) }),
    });
  const turn = ({ webhook_id: webhookId, version, state }: Webhook) =>
    change.mutate(
      { webhookId, version, body: { state: state === 'active' ? 'disabled' : 'active' } },
      { onError: (error) => tellFailure(words.change, error) },
    );
  const actionsOf = (webhook: Webhook) => [
    { word: words.change, act: () => edit(webhook.webhook_id) },
    {
      word: webhook.state === 'active' ? words.disable : words.enable,
      act: () => turn(webhook),
    },
    { word: words.remove, danger: true, act: () => ask(webhook) },
  ];
  const columns = [
    ...COLUMNS,
    {
      ...{ head: words.try, act: true },
      cell: (webhook: Webhook) =>
        webhook.path !== null && (
          <Button size="compact-xs" variant="default" onClick={() => setTried(webhook)}>
            {words.try}
          </Button>
        ),
    },
    {
      head: '',
      cell: (webhook: Webhook) => may && <RowMenu of={webhook.name} actions={actionsOf(webhook)} />,
    },
  ];
  return (
    <>
      <ThingTable
        label={words.title}
        items={webhooks}
        keyOf={(webhook) => webhook.webhook_id}
        columns={columns}
      />
      <Confirm question={question} close={() => setQuestion(undefined)} />
      {tried !== undefined && <Try webhook={tried} close={() => setTried(undefined)} />}
    </>
  );
}

function Try({ webhook, close }: { readonly webhook: Webhook; readonly close: () => void }) {
  const { name, path, verify } = webhook;
  const example = webhookExample(location.origin + (path ?? ''), verify);
  return (
    <Dialog onClose={close} title={words.tryTitle(name)} size="lg">
      <p>{verify === 'none' ? words.tryNone : words.tryText}</p>
      <div className="json">
        <CopyButton text={example} what={words.command} />
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: who has no mouse scrolls it by keys. */}
        <pre className="json-text" tabIndex={0} role="region" aria-label={words.command}>
          {example}
        </pre>
      </div>
      <Link to="/events" search={{ topic: webhook.topic }}>
        {words.events}
      </Link>
    </Dialog>
  );
}
