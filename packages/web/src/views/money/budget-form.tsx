import { Select, TextInput } from '@mantine/core';
import {
  BUDGET_RULE_SCOPES,
  type BudgetRuleScope,
  CROSSINGS,
  type Crossing,
  type StoredBudget,
} from '@tenuto/contract';
import { useCreateBudget, useReplaceBudget } from '../../data/money.ts';
import { fieldErrors } from '../../logic/field-errors.ts';
import { EditorDialog } from '../../ui/editor-dialog.tsx';
import { useFormState } from '../../ui/form-state.ts';
import { tell } from '../../ui/toasts.ts';
import { MONEY_WORDS as words } from '../../words-money.ts';

interface Props {
  readonly budget?: StoredBudget;
  readonly close: () => void;
}

const FIRST_SHARE = 0.8;
const PERCENT = 100;

/** Sets what all runs of a task or a profile may cost, or changes it. */
export function BudgetForm({ budget, close }: Props) {
  const [form, put] = useFormState({
    scope: budget?.scope ?? ('profile' as BudgetRuleScope),
    subject: budget?.subject ?? '',
    usd: budget?.usd.toString() ?? '',
    warnAt: String((budget?.warn_at ?? FIRST_SHARE) * PERCENT),
    crossing: budget?.on_crossing ?? ('pause' as Crossing),
    degradeTo: budget?.degrade_to ?? '',
  });
  const create = useCreateBudget();
  const replace = useReplaceBudget();
  const change = budget === undefined ? create : replace;
  const wrong = fieldErrors(change.error);
  const submit = () => {
    const body = {
      ...{ usd: Number(form.usd), warn_at: Number(form.warnAt) / PERCENT },
      on_crossing: form.crossing,
      ...(form.crossing === 'degrade' && { degrade_to: form.degradeTo.trim() }),
    };
    const done = (sentence: string) => ({
      onSuccess: () => {
        tell(sentence);
        close();
      },
    });
    if (budget === undefined) {
      const rule = { scope: form.scope, subject: form.subject.trim() };
      return create.mutate({ ...rule, ...body }, done(words.created));
    }
    const { budget_id: budgetId, version } = budget;
    replace.mutate({ budgetId, version, body }, done(words.saved));
  };
  return (
    <EditorDialog
      title={budget === undefined ? words.create : words.edit}
      verb={budget === undefined ? words.create : words.save}
      isPending={change.isPending}
      error={change.error}
      submit={submit}
      close={close}
    >
      <Select
        label={words.scope}
        data={BUDGET_RULE_SCOPES.map((value) => ({ value, label: words.scopes[value] }))}
        value={form.scope}
        onChange={(value) =>
          put({ scope: BUDGET_RULE_SCOPES.find((one) => one === value) ?? 'profile' })
        }
        disabled={budget !== undefined}
        allowDeselect={false}
      />
      <TextInput
        label={words.subject}
        description={words.subjectHints[form.scope]}
        value={form.subject}
        onChange={(event) => put({ subject: event.currentTarget.value })}
        error={wrong.get('subject')}
        disabled={budget !== undefined}
        required
        withAsterisk={false}
      />
      <TextInput
        label={words.limit}
        inputMode="decimal"
        value={form.usd}
        onChange={(event) => put({ usd: event.currentTarget.value })}
        error={wrong.get('usd')}
        required
        withAsterisk={false}
      />
      <TextInput
        label={words.warnAt}
        inputMode="numeric"
        value={form.warnAt}
        onChange={(event) => put({ warnAt: event.currentTarget.value })}
        error={wrong.get('warn_at')}
      />
      <Select
        label={words.crossing}
        data={CROSSINGS.map((value) => ({ value, label: words.crossings[value] }))}
        value={form.crossing}
        onChange={(value) => put({ crossing: CROSSINGS.find((one) => one === value) ?? 'pause' })}
        allowDeselect={false}
      />
      {form.crossing === 'degrade' && (
        <TextInput
          label={words.degradeTo}
          value={form.degradeTo}
          onChange={(event) => put({ degradeTo: event.currentTarget.value })}
          error={wrong.get('degrade_to')}
          required
          withAsterisk={false}
        />
      )}
    </EditorDialog>
  );
}
