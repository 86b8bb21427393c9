import { Button, Group, TextInput } from '@mantine/core';
import type { Task, TaskOperation } from '@tenuto/contract';
import { useState } from 'react';
import { now } from '../../data/clock.ts';
import { useBackfill } from '../../data/tasks.ts';
import { count } from '../../logic/format.ts';
import { instantText } from '../../logic/once-time.ts';
import { isZone, wallAt } from '../../logic/zone-time.ts';
import { Failure } from '../../ui/notice.tsx';
import { tell } from '../../ui/toasts.ts';
import { FormModal } from '../../ui/unsaved.tsx';
import { WORDS } from '../../words.ts';
import { TASK_WORDS } from '../../words-task.ts';

const words = TASK_WORDS.actions;
const DAY_MS = 86_400_000;
const TICKS_SHOWN = 8;

interface Props {
  readonly task: Task;
  readonly opened: boolean;
  readonly close: () => void;
}

/** Makes the runs of a past range, after it has been said how many there are. */
export function BackfillDialog({ task, opened, close }: Props) {
  return (
    <FormModal opened={opened} onClose={close} title={words.askBackfill}>
      {opened && <Form task={task} close={close} />}
    </FormModal>
  );
}

function Form({ task, close }: Omit<Props, 'opened'>) {
  const zone = isZone(task.timezone ?? '') ? (task.timezone ?? 'UTC') : 'UTC';
  const wall = (at: number) => wallAt(at, zone).slice(0, 16);
  const [range, setRange] = useState(() => ({
    from: wall(now() - 7 * DAY_MS).replace(/T.*/, 'T00:00'),
    to: wall(now()),
  }));
  const dry = useBackfill(task.task_id);
  const real = useBackfill(task.task_id);
  const body = { from: instantText(range.from, zone), to: instantText(range.to, zone) };
  const put = (part: Partial<typeof range>) => {
    setRange({ ...range, ...part });
    dry.reset();
  };
  const told = dry.data?.details.firings;
  const make = () =>
    real.mutate(body, {
      onSuccess: ({ message }) => {
        tell(message);
        close();
      },
    });
  return (
    <form
      className="dialog-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (told === undefined) dry.mutate({ ...body, dry_run: true });
        else make();
      }}
    >
      <p>
        {words.backfillText} {words.zone(zone)}
      </p>
      <div className="field-grid">
        {(['from', 'to'] as const).map((side) => (
          <TextInput
            key={side}
            label={words[side]}
            type="datetime-local"
            value={range[side]}
            onChange={(event) => put({ [side]: event.currentTarget.value })}
            required
            withAsterisk={false}
          />
        ))}
      </div>
      {dry.data && <Counted answer={dry.data} zone={zone} />}
      {dry.error !== null && <Failure error={dry.error} />}
      {real.error !== null && <Failure error={real.error} />}
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={close}>
          {WORDS.common.cancel}
        </Button>
        <Button type="submit" loading={dry.isPending || real.isPending} disabled={told === 0}>
          {told === undefined || told === 0 ? words.count : words.make(count(told))}
        </Button>
      </Group>
    </form>
  );
}

function Counted({ answer, zone }: { readonly answer: TaskOperation; readonly zone: string }) {
  const { firings = 0, ticks = [] } = answer.details;
  if (firings === 0) return <p className="dim">{words.wouldNone}</p>;
  return (
    <div className="counted" aria-live="polite">
      <p>
        <strong>{words.would(count(firings))}</strong>
      </p>
      <ol>
        {ticks.slice(0, TICKS_SHOWN).map((tick) => (
          <li key={tick} className="num">
            {wallAt(Date.parse(tick), zone).replace('T', ' ')}
          </li>
        ))}
      </ol>
      {firings > TICKS_SHOWN && (
        <p className="dim">{words.more_ticks(count(firings - TICKS_SHOWN))}</p>
      )}
    </div>
  );
}
