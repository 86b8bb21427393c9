import {
  BUDGET_RULE_SCOPES,
  type Budget,
  type BudgetRuleScope,
  CROSSINGS,
  type Crossing,
  type StoredBudget,
} from '@tenuto/contract';
import { useCreateBudget, useReplaceBudget } from '../../data/money.ts';
import { EditorDialog } from '../../ui/editor-dialog.tsx';
import { ChoiceField, TextField } from '../../ui/fields.tsx';
import { useFormState, useSeenVersion } from '../../ui/form-state.ts';
import { thenClose } from '../../ui/toasts.ts';
import { MONEY_WORDS as words } from '../../words-money.ts';

interface Props {
  readonly budget?: StoredBudget;
  readonly close: () => void;
}

const FIRST_SHARE = 0.8;
const PERCENT = 100;

const formOf = (budget: StoredBudget | undefined) => ({
  scope: budget?.scope ?? ('profile' as BudgetRuleScope),
  subject: budget?.subject ?? '',
  usd: budget?.usd.toString() ?? '',
  warnAt: String((budget?.warn_at ?? FIRST_SHARE) * PERCENT),
  crossing: budget?.on_crossing ?? ('pause' as Crossing),
  degradeTo: budget?.degrade_to ?? '',
});

function bodyOf(form: ReturnType<typeof formOf>): Budget {
  return {
    ...{ usd: Number(form.usd), warn_at: Number(form.warnAt) / PERCENT },
    on_crossing: form.crossing,
    ...(form.crossing === 'degrade' && { degrade_to: form.degradeTo.trim() }),
  };
}

/** Sets what all runs of a task or a profile may cost, or changes it. */
export function BudgetForm({ budget, close }: Props) {
  const [form, put] = useFormState(formOf(budget));
  const create = useCreateBudget();
  const replace = useReplaceBudget();
  const change = budget === undefined ? create : replace;
  const version = useSeenVersion(budget, change.error);
  const submit = () => {
    const body = bodyOf(form);
    if (budget === undefined) {
      const rule = { scope: form.scope, subject: form.subject.trim() };
      return create.mutate({ ...rule, ...body }, thenClose(words.created, close));
    }
    const budgetId = budget.budget_id;
    replace.mutate({ budgetId, version, body }, thenClose(words.saved, close));
  };
  return (
    <EditorDialog
      title={budget === undefined ? words.create : words.edit}
      verb={budget === undefined ? words.create : words.save}
      change={change}
      submit={submit}
      close={close}
    >
      {(wrong) => (
        <>
          <ChoiceField
            {...{ label: words.scope, of: BUDGET_RULE_SCOPES, words: words.scopes }}
            value={form.scope}
            pick={(scope) => put({ scope })}
            disabled={budget !== undefined}
          />
          <TextField
            {...{ label: words.subject, hint: words.subjectHints[form.scope], value: form.subject }}
            put={(subject) => put({ subject })}
            error={wrong.get('subject')}
            disabled={budget !== undefined}
            required
          />
          <TextField
            {...{ kind: 'number', label: words.limit, value: form.usd }}
            put={(usd) => put({ usd })}
            error={wrong.get('usd')}
            required
          />
          <TextField
            {...{ kind: 'number', label: words.warnAt, value: form.warnAt }}
            put={(warnAt) => put({ warnAt })}
            error={wrong.get('warn_at')}
          />
          <ChoiceField
            {...{ label: words.crossing, of: CROSSINGS, words: words.crossings }}
            value={form.crossing}
            pick={(crossing) => put({ crossing })}
          />
          {form.crossing === 'degrade' && (
            <TextField
              {...{ label: words.degradeTo, value: form.degradeTo }}
              put={(degradeTo) => put({ degradeTo })}
              error={wrong.get('degrade_to')}
              required
            />
          )}
        </>
      )}
    </EditorDialog>
  );
}
