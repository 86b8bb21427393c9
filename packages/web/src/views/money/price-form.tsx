import { useCreatePrice } from '../../data/money.ts';
import { EditorDialog } from '../../ui/editor-dialog.tsx';
import { TextField } from '../../ui/fields.tsx';
import { useFormState } from '../../ui/form-state.ts';
import { thenClose } from '../../ui/toasts.ts';
import { MONEY_WORDS as words } from '../../words-money.ts';

/** Adds a row to the price table; it is in force from now on. */
export function PriceForm({ close }: { readonly close: () => void }) {
  const [form, put] = useFormState({ model: '', input: '', cached: '', output: '', reasoning: '' });
  const create = useCreatePrice();
  const submit = () =>
    create.mutate(
      {
        model: form.model.trim(),
        ...{ input_usd_per_mtok: Number(form.input), output_usd_per_mtok: Number(form.output) },
        ...(form.cached !== '' && { cached_input_usd_per_mtok: Number(form.cached) }),
        ...(form.reasoning !== '' && { reasoning_usd_per_mtok: Number(form.reasoning) }),
      },
      thenClose(words.priceCreated, close),
    );
  const rates = [
    ['input', words.input, 'input_usd_per_mtok', undefined],
    ['cached', words.cached, 'cached_input_usd_per_mtok', words.asInput],
    ['output', words.output, 'output_usd_per_mtok', undefined],
    ['reasoning', words.reasoning, 'reasoning_usd_per_mtok', words.asOutput],
  ] as const;
  return (
    <EditorDialog
      title={words.createPrice}
      verb={words.createPrice}
      change={create}
      submit={submit}
      close={close}
    >
      {(wrong) => (
        <>
          <TextField
            {...{ label: words.model, hint: words.modelHint, value: form.model }}
            put={(model) => put({ model })}
            error={wrong.get('model')}
            required
            first
          />
          {rates.map(([name, label, field, hint]) => (
            <TextField
              key={name}
              {...{ kind: 'number', label, placeholder: hint, value: form[name] }}
              put={(value) => put({ [name]: value })}
              error={wrong.get(field)}
              required={hint === undefined}
            />
          ))}
        </>
      )}
    </EditorDialog>
  );
}
