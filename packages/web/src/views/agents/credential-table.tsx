import { Button } from '@mantine/core';
import type { Agent, Credential, NewCredential } from '@tenuto/contract';
import { useState } from 'react';
import { useAddCredential, useCredentials, useRevokeCredential } from '../../data/agents.ts';
import { Confirm, type Question } from '../../ui/confirm.tsx';
import { CopyButton } from '../../ui/copy-id.tsx';
import { Paged } from '../../ui/paged.tsx';
import { RowMenu } from '../../ui/row-menu.tsx';
import { ShownOnce } from '../../ui/shown-once.tsx';
import { type Column, ThingTable } from '../../ui/thing-table.tsx';
import { When } from '../../ui/time.tsx';
import { tellFailure } from '../../ui/toasts.ts';
import { AGENT_WORDS as words } from '../../words-agents.ts';
import { Standing } from './token-table.tsx';

interface Props {
  readonly agent: Agent;
  readonly may: boolean;
}

const COLUMNS: readonly Column<Credential>[] = [
  {
    ...{ head: words.clientId, first: true },
    cell: ({ client_id: id }) => (
      <span className="copy-id">
        <code>{id}</code>
        <CopyButton text={id} what={words.clientId} />
      </span>
    ),
  },
  { head: words.secret, cell: ({ hint }) => <code>{hint}</code> },
  { head: words.by, cell: ({ created_by: by }) => by },
  { head: words.used, cell: ({ last_used_at: at }) => <When at={at} /> },
  { head: words.ends, cell: (credential) => <Standing of={credential} /> },
];

/** With what an agent signs in: issued and revoked here, shown once. */
export function CredentialTable({ agent, may }: Props) {
  const credentials = useCredentials(agent.agent_id);
  const add = useAddCredential(agent.agent_id);
  const revoke = useRevokeCredential(agent.agent_id);
  const [shown, setShown] = useState<NewCredential>();
  const [question, setQuestion] = useState<Question>();
  const issue = () =>
    add.mutate({}, { onSuccess: setShown, onError: (error) => tellFailure(words.issue, error) });
  const ask = ({ credential_id: id, client_id: name }: Credential) =>
    setQuestion({
      ...{ title: words.revoke, text: words.revokeText(name), verb: words.revoke, danger: true },
      act: () => revoke.mutate(id, { onError: (error) => tellFailure(words.revoke, error) }),
    });
  return (
    <>
      <Paged pages={credentials} empty={<p className="card-body dim">{words.noCredentials}</p>}>
        {(items) => (
          <ThingTable
            label={words.credentials}
            items={items}
            keyOf={(credential) => credential.credential_id}
            columns={[
              ...COLUMNS,
              {
                head: '',
                cell: (credential) =>
                  may && credential.revoked_at === null ? (
                    <RowMenu
                      of={credential.client_id}
                      actions={[{ word: words.revoke, danger: true, act: () => ask(credential) }]}
                    />
                  ) : null,
              },
            ]}
          />
        )}
      </Paged>
      {may && (
        <div className="card-body">
          <Button onClick={issue} loading={add.isPending}>
            {words.issue}
          </Button>
        </div>
      )}
      {shown !== undefined && (
        <ShownOnce
          title={words.issued}
          text={words.issuedText}
          parts={[
            [words.clientId, shown.client_id],
            [words.secret, shown.client_secret],
          ]}
          close={() => {
            setShown(undefined);
            add.reset();
          }}
        />
      )}
      <Confirm question={question} close={() => setQuestion(undefined)} />
    </>
  );
}
