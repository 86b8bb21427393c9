import { TextInput } from '@mantine/core';
import { now } from '../../data/clock.ts';
import { fieldOfOnce, ONCE_SHORTCUTS, shortcut } from '../../logic/once-time.ts';
import { isZone } from '../../logic/zone-time.ts';
import { TASK_FORM_WORDS } from '../../words-task-form.ts';

const words = TASK_FORM_WORDS.once;

interface Props {
  readonly expr: string;
  readonly timezone: string;
  readonly put: (expr: string) => void;
}

/** One time, on the wall of the zone that is chosen. */
export function OnceBuilder({ expr, timezone, put }: Props) {
  const zone = isZone(timezone) ? timezone : 'UTC';
  const field = fieldOfOnce(expr, zone);
  return (
    <div className="builder">
      <fieldset className="row presets" aria-label={words.shortcuts}>
        {ONCE_SHORTCUTS.map((name) => (
          <button
            key={name}
            type="button"
            className="chip"
            onClick={() => put(shortcut(name, now(), zone))}
          >
            {words.names[name]}
          </button>
        ))}
      </fieldset>
      <TextInput
        label={words.at}
        type="datetime-local"
        value={field ?? ''}
        onChange={(event) => put(event.currentTarget.value)}
        error={field === undefined && expr.trim() !== '' && words.bad}
        className="medium-wide"
      />
    </div>
  );
}
