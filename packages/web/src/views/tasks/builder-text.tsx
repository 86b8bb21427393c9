import { Button } from '@mantine/core';
import { TASK_FORM_WORDS as words } from '../../words-task-form.ts';

interface PresetsProps {
  readonly presets: readonly (readonly [expr: string, label: string])[];
  readonly expr: string;
  readonly put: (expr: string) => void;
}

/** Schedules that many people want. */
export function Presets({ presets, expr, put }: PresetsProps) {
  return (
    <fieldset className="row presets" aria-label={words.presets}>
      {presets.map(([value, label]) => (
        <button
          key={value}
          type="button"
          className="chip"
          aria-pressed={expr === value}
          onClick={() => put(value)}
        >
          {label}
        </button>
      ))}
    </fieldset>
  );
}

/** Stands where the builder would, when a text says more than it can show. */
export function KeptAsText({ startOver }: { readonly startOver: () => void }) {
  return (
    <div className="kept row">
      <p className="grow">{words.asText}</p>
      <Button variant="default" onClick={startOver}>
        {words.startOver}
      </Button>
    </div>
  );
}
