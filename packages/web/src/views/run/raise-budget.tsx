import { Button, Group, Select, TextInput } from '@mantine/core';
import type { BudgetStateView } from '@tenuto/contract';
import { useState } from 'react';
import { useRunMetrics } from '../../data/artifacts.ts';
import { usePhasedAction } from '../../data/phased.ts';
import { useMay } from '../../data/scopes.ts';
import { nextLimit, usd } from '../../logic/phases.ts';
import { Failure } from '../../ui/notice.tsx';
import { Waiting } from '../../ui/skeleton.tsx';
import { FormModal } from '../../ui/unsaved.tsx';
import { WORDS } from '../../words.ts';
import { PHASED_WORDS } from '../../words-phased.ts';
import { RUN_WORDS } from '../../words-run.ts';

const words = PHASED_WORDS.budget;
/** Stands for the run among its phases. */
const RUN = 'the run';

interface Props {
  readonly runId: string;
  /** The node that waits for money: its phase is offered first. */
  readonly nodeId?: string | null;
  /** Whether it is the first thing to do here. */
  readonly isFirst?: boolean;
}

/** Gives a run, or one of its phases, more money. */
export function RaiseBudget({ runId, nodeId = null, isFirst = false }: Props) {
  const [opened, setOpened] = useState(false);
  if (!useMay()('runs:write')) return null;
  const close = () => setOpened(false);
  return (
    <>
      <Button variant={isFirst ? 'filled' : 'default'} onClick={() => setOpened(true)}>
        {words.raise}
      </Button>
      <FormModal opened={opened} onClose={close} title={words.raise} size="sm">
        {opened && <Form runId={runId} nodeId={nodeId} close={close} />}
      </FormModal>
    </>
  );
}

interface FormProps {
  readonly runId: string;
  readonly nodeId: string | null;
  readonly close: () => void;
}

function Form({ runId, nodeId, close }: FormProps) {
  const { data, error, refetch } = useRunMetrics(runId);
  if (data === undefined) {
    if (error === null) return <Waiting rows={3} />;
    return <Failure error={error} again={() => void refetch()} />;
  }
  const own = data.budgets.filter(({ scope }) => scope === 'run' || scope === 'phase');
  return <Limits budgets={own} {...{ runId, nodeId, close }} />;
}

function Limits({
  budgets,
  runId,
  nodeId,
  close,
}: FormProps & { readonly budgets: readonly BudgetStateView[] }) {
  const limited = budgets.filter(({ limit_usd: limit }) => limit !== null);
  const [which, setWhich] = useState(
    () =>
      limited.find(({ subject }) => subject !== null && nodeId?.startsWith(`${subject}/`))
        ?.subject ?? RUN,
  );
  const budget = budgets.find(({ subject }) => (subject ?? RUN) === which);
  const [given, setGiven] = useState<string>();
  const [reason, setReason] = useState('');
  const action = usePhasedAction(runId);
  const offered = budget === undefined ? 1 : nextLimit(budget);
  const amount = Number(given ?? offered);
  const isTooLow = !(amount > (budget?.limit_usd ?? 0));
  const submit = () => {
    const why = reason.trim() === '' ? {} : { reason: reason.trim() };
    const phase = which === RUN ? {} : { phase: which };
    action.mutate({ do: 'raise', usd: amount, ...phase, ...why }, { onSuccess: close });
  };
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        if (!isTooLow) submit();
      }}
    >
      <p>
        {budget !== undefined &&
          budget.limit_usd !== null &&
          `${words.present(usd(budget.limit_usd), usd(budget.spent_usd))} `}
        {words.raiseText}
      </p>
      {limited.length > 1 && (
        <Which
          subjects={limited.map(({ subject }) => subject)}
          value={which}
          set={(value) => {
            setWhich(value);
            setGiven(undefined);
          }}
        />
      )}
      <TextInput
        label={words.newLimit}
        type="number"
        min={0}
        step="any"
        value={given ?? String(offered)}
        onChange={(event) => setGiven(event.currentTarget.value)}
        error={isTooLow && words.tooLow}
        data-autofocus
      />
      <TextInput
        label={RUN_WORDS.page.reason}
        value={reason}
        maxLength={1_000}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      <Buttons isBusy={action.isPending} close={close} disabled={isTooLow} />
    </form>
  );
}

interface WhichProps {
  readonly subjects: readonly (string | null)[];
  readonly value: string;
  readonly set: (value: string) => void;
}

function Which({ subjects, value, set }: WhichProps) {
  return (
    <Select
      label={words.which}
      data={subjects.map((subject) => ({
        value: subject ?? RUN,
        label: subject === null ? words.run : words.phase(subject),
      }))}
      value={value}
      onChange={(picked) => set(picked ?? RUN)}
    />
  );
}

interface ButtonsProps {
  readonly close: () => void;
  readonly disabled: boolean;
  readonly isBusy: boolean;
}

function Buttons({ close, disabled, isBusy }: ButtonsProps) {
  return (
    <Group justify="flex-end" gap="xs">
      <Button variant="default" onClick={close}>
        {WORDS.common.cancel}
      </Button>
      <Button type="submit" loading={isBusy} disabled={disabled}>
        {words.raise}
      </Button>
    </Group>
  );
}
