import { Button, Group, Switch, Textarea, TextInput } from '@mantine/core';
import type { Task } from '@tenuto/contract';
import { type ReactNode, useState } from 'react';
import type { TaskAsk } from '../../data/tasks.ts';
import { pretty } from '../../logic/format.ts';
import { isObject } from '../../logic/json-place.ts';
import { JsonText } from '../../logic/json-text.ts';
import { When } from '../../ui/time.tsx';
import { FormModal } from '../../ui/unsaved.tsx';
import { WORDS } from '../../words.ts';
import { TASK_WORDS } from '../../words-task.ts';

const words = TASK_WORDS.actions;

interface Props {
  readonly task: Task;
  readonly opened: boolean;
  readonly close: () => void;
  readonly perform: (ask: TaskAsk) => void;
}

interface FrameProps extends Pick<Props, 'opened' | 'close'> {
  readonly title: string;
  readonly children: ReactNode;
}

function Frame({ title, opened, close, children }: FrameProps) {
  return (
    <FormModal opened={opened} onClose={close} title={title} size="sm">
      {opened && children}
    </FormModal>
  );
}

interface FormProps {
  readonly verb: string;
  readonly close: () => void;
  readonly submit: () => void;
  readonly disabled?: boolean;
  readonly children: ReactNode;
}

function Form({ verb, close, submit, disabled = false, children }: FormProps) {
  return (
    <form
      className="dialog-form"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      {children}
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={close}>
          {WORDS.common.cancel}
        </Button>
        <Button type="submit" disabled={disabled}>
          {verb}
        </Button>
      </Group>
    </form>
  );
}

/** Runs a task now, with parameters of its own. */
export function RunDialog(props: Props) {
  return (
    <Frame {...props} title={words.askRun}>
      <RunForm {...props} />
    </Frame>
  );
}

function RunForm({ task, close, perform }: Props) {
  const [text, setText] = useState(pretty(task.payload.params ?? {}));
  const json = new JsonText();
  const params = json.value(text, '/params');
  const bad = json.faults[0]?.message ?? (isObject(params) ? undefined : '{…}');
  const submit = () => {
    if (!isObject(params)) return;
    close();
    perform({ verb: 'run_now', params });
  };
  return (
    <Form verb={words.run_now} close={close} submit={submit} disabled={bad !== undefined}>
      <p>{words.runText}</p>
      <Textarea
        size="xs"
        label={words.params}
        description={words.paramsHint}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        rows={6}
        classNames={{ input: 'code-input' }}
        spellCheck={false}
        error={bad ?? false}
        data-autofocus
      />
    </Form>
  );
}

/** Moves the next firing by a time that is chosen. */
export function SnoozeDialog(props: Props) {
  return (
    <Frame {...props} title={words.askSnooze}>
      <SnoozeForm {...props} />
    </Frame>
  );
}

function SnoozeForm({ task, close, perform }: Props) {
  const [seconds, setSeconds] = useState(3_600);
  const [reason, setReason] = useState('');
  const submit = () => {
    close();
    const why = reason.trim();
    perform({ verb: 'snooze', seconds, reason: why === '' ? undefined : why });
  };
  const minutes = Math.round(seconds / 60);
  return (
    <Form verb={words.snooze} close={close} submit={submit} disabled={minutes < 1}>
      <p>
        {words.snoozeDue} <When at={task.next_fire_at} />. {words.snoozeText}
      </p>
      <fieldset className="row presets" aria-label={words.snoozeBy}>
        {words.snoozes.map(([value, label]) => (
          <button
            key={value}
            type="button"
            className="chip"
            aria-pressed={seconds === value}
            onClick={() => setSeconds(value)}
          >
            {label}
          </button>
        ))}
      </fieldset>
      <TextInput
        label={words.snoozeOwn}
        type="number"
        min={1}
        max={10_080}
        value={minutes === 0 ? '' : String(minutes)}
        onChange={(event) => setSeconds(Number(event.currentTarget.value) * 60)}
      />
      <TextInput
        label={words.reason}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
        maxLength={1_000}
      />
    </Form>
  );
}

/** Lets a paused task go on, and makes up for what it missed if that is wanted. */
export function ResumeDialog(props: Props) {
  return (
    <Frame {...props} title={words.askResume}>
      <ResumeForm {...props} />
    </Frame>
  );
}

function ResumeForm({ close, perform }: Props) {
  const [catchUp, setCatchUp] = useState(false);
  const submit = () => {
    close();
    perform({ verb: 'resume', catchUp });
  };
  return (
    <Form verb={words.resume} close={close} submit={submit}>
      <p>{words.resumeText}</p>
      <Switch
        label={words.catchUp}
        checked={catchUp}
        onChange={(event) => setCatchUp(event.currentTarget.checked)}
      />
    </Form>
  );
}
