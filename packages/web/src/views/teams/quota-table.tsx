import { Button } from '@mantine/core';
import type { Quota } from '@tenuto/contract';
import { useState } from 'react';
import { useQuotas, useRemoveQuota, useWriteQuota } from '../../data/teams.ts';
import { count } from '../../logic/format.ts';
import { LIMIT_NAMES, limitsOf, limitTexts } from '../../logic/quotas.ts';
import { Confirm, type Question } from '../../ui/confirm.tsx';
import { EditorDialog } from '../../ui/editor-dialog.tsx';
import { TextField } from '../../ui/fields.tsx';
import { useFormState, useOpened, useSeenVersion } from '../../ui/form-state.ts';
import { Paged } from '../../ui/paged.tsx';
import { RowMenu } from '../../ui/row-menu.tsx';
import { type Column, NoValue, ThingTable } from '../../ui/thing-table.tsx';
import { tellFailure, thenClose } from '../../ui/toasts.ts';
import { TEAM_WORDS as words } from '../../words-teams.ts';
import { QuotaUseOf } from './quota-use.tsx';

const NEW_QUOTA = 'new-quota';
/** Before the principal, so that no id of a team can be one. */
const prefix = 'quota:';
const usePrefix = 'use:';
/** The quota of everybody without one of their own. */
const EVERYBODY = '*';

interface Props {
  readonly open: string | undefined;
  readonly go: (what: string) => void;
}

/** The most that each principal may use. */
export function QuotaTable({ open, go }: Props) {
  const quotas = useQuotas(true);
  const known = quotas.data?.pages.flatMap(({ items }) => items) ?? [];
  const edited = useOpened(known, ({ principal }) => prefix + principal, open);
  return (
    <section className="card">
      <header>
        <h2>{words.quotas}</h2>
        <span className="dim grow">{words.quotasText}</span>
        <Button variant="default" onClick={() => go(NEW_QUOTA)}>
          {words.set}
        </Button>
      </header>
      <Paged pages={quotas} empty={<p className="card-body dim">{words.noQuotas}</p>}>
        {(items) => (
          <Table
            quotas={items}
            edit={(principal) => go(prefix + principal)}
            look={(principal) => go(usePrefix + principal)}
          />
        )}
      </Paged>
      {open === NEW_QUOTA && <QuotaForm close={() => go('')} />}
      {open?.startsWith(usePrefix) === true && (
        <QuotaUseOf principal={open.slice(usePrefix.length)} close={() => go('')} />
      )}
      {edited !== undefined && <QuotaForm quota={edited} close={() => go('')} />}
    </section>
  );
}

const COLUMNS: readonly Column<Quota>[] = [
  { head: words.who, first: true, cell: ({ principal }) => <code>{principal}</code> },
  ...LIMIT_NAMES.map((name) => ({
    ...{ head: words.limits[name], num: true },
    cell: (quota: Quota) => {
      const limit = quota[name];
      return limit === null ? <NoValue /> : count(limit);
    },
  })),
];

interface TableProps {
  readonly quotas: readonly Quota[];
  readonly edit: (principal: string) => void;
  /** Shows what they use. */
  readonly look: (principal: string) => void;
}

function Table({ quotas, edit, look }: TableProps) {
  const [question, setQuestion] = useState<Question>();
  const remove = useRemoveQuota();
  const ask = (who: string) =>
    setQuestion({
      ...{ title: words.remove, text: words.removeQuotaText(who), verb: words.remove },
      danger: true,
      act: () => remove.mutate(who, { onError: (error) => tellFailure(words.remove, error) }),
    });
  const actions: Column<Quota> = {
    head: '',
    cell: ({ principal }) => (
      <RowMenu
        of={principal}
        actions={[
          ...(principal === EVERYBODY ? [] : [{ word: words.use, act: () => look(principal) }]),
          { word: words.change, act: () => edit(principal) },
          { word: words.remove, danger: true, act: () => ask(principal) },
        ]}
      />
    ),
  };
  return (
    <>
      <ThingTable
        label={words.quotas}
        items={quotas}
        keyOf={(quota) => quota.principal}
        columns={[...COLUMNS, actions]}
      />
      <Confirm question={question} close={() => setQuestion(undefined)} />
    </>
  );
}

function QuotaForm({ quota, close }: { readonly quota?: Quota; readonly close: () => void }) {
  const [who, setWho] = useState(quota?.principal ?? '');
  const [texts, put] = useFormState(limitTexts(quota));
  const write = useWriteQuota();
  const version = useSeenVersion(quota, write.error);
  const submit = () => {
    const asked = { principal: who.trim(), body: limitsOf(texts) };
    const body = quota === undefined ? asked : { ...asked, version };
    write.mutate(body, thenClose(words.quotaSet, close));
  };
  return (
    <EditorDialog
      title={quota === undefined ? words.set : words.editQuota}
      verb={quota === undefined ? words.set : words.save}
      change={write}
      submit={submit}
      close={close}
    >
      {(wrong) => (
        <>
          <TextField
            {...{ label: words.who, hint: words.whoHint, value: who, put: setWho }}
            disabled={quota !== undefined}
            required
            first
          />
          {LIMIT_NAMES.map((name) => (
            <TextField
              key={name}
              {...{ kind: 'number', label: words.limits[name], placeholder: words.empty }}
              value={texts[name]}
              put={(value) => put({ [name]: value })}
              error={wrong.get(name)}
            />
          ))}
        </>
      )}
    </EditorDialog>
  );
}
