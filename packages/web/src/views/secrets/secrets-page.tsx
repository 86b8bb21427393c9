import { useNavigate, useSearch } from '@tanstack/react-router';
import type { Secret } from '@tenuto/contract';
import { useState } from 'react';
import { useMay } from '../../data/scopes.ts';
import { useRemoveSecret, useSecrets } from '../../data/secrets.ts';
import { Confirm, type Question } from '../../ui/confirm.tsx';
import { RowMenu } from '../../ui/row-menu.tsx';
import { ThingTable } from '../../ui/thing-table.tsx';
import { ThingsPage } from '../../ui/things-page.tsx';
import { When } from '../../ui/time.tsx';
import { tellFailure } from '../../ui/toasts.ts';
import { SECRET_WORDS as words } from '../../words-secrets.ts';
import { SecretForm } from './secret-form.tsx';

/** Names of secrets; their values go in and never out. */
export function SecretsPage() {
  const { open } = useSearch({ from: '/system/secrets' });
  const navigate = useNavigate();
  const may = useMay()('jobs:write');
  const secrets = useSecrets();
  const go = (what: string) =>
    void navigate({ to: '/system/secrets', search: { open: what }, replace: true });
  return (
    <ThingsPage
      {...{ words, open, go, may, pages: secrets }}
      idOf={({ secret_id: id }) => id}
      table={(items) => <Table secrets={items} may={may} edit={go} />}
      form={(secret, close) => <SecretForm {...(secret && { secret })} close={close} />}
    />
  );
}

interface TableProps {
  readonly secrets: readonly Secret[];
  readonly may: boolean;
  readonly edit: (secretId: string) => void;
}

function Table({ secrets, may, edit }: TableProps) {
  const [question, setQuestion] = useState<Question>();
  const remove = useRemoveSecret();
  const ask = (name: string) =>
    setQuestion({
      ...{ title: words.remove, text: words.removeText(name), verb: words.remove, danger: true },
      act: () => remove.mutate(name, { onError: (error) => tellFailure(words.remove, error) }),
    });
  const actionsOf = ({ secret_id: id, name }: Secret) => [
    { word: words.replace, act: () => edit(id) },
    { word: words.remove, danger: true, act: () => ask(name) },
  ];
  return (
    <>
      <ThingTable
        label={words.title}
        items={secrets}
        keyOf={(secret) => secret.secret_id}
        columns={[
          { head: words.name, first: true, cell: ({ name }) => <code>{name}</code> },
          { head: words.description, cell: ({ description }) => description },
          {
            head: words.hosts,
            cell: ({ allowed_hosts: hosts }) =>
              hosts === null ? (
                <span className="dim">{words.anyHost}</span>
              ) : (
                <code>{hosts.join(' ')}</code>
              ),
          },
          { head: words.owner, cell: ({ owner }) => owner },
          { head: words.version, num: true, cell: ({ version }) => version },
          { head: words.updated, cell: ({ updated_at: at }) => <When at={at} /> },
          {
            head: '',
            cell: (secret) => may && <RowMenu of={secret.name} actions={actionsOf(secret)} />,
          },
        ]}
      />
      <Confirm question={question} close={() => setQuestion(undefined)} />
    </>
  );
}
