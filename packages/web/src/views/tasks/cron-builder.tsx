import {
  ANY,
  CRON_PRESETS,
  type CronForm,
  type CronPart,
  readCron,
  toggled,
  writeCron,
} from '../../logic/cron-form.ts';
import { TASK_FORM_WORDS } from '../../words-task-form.ts';
import { KeptAsText, Presets } from './builder-text.tsx';
import { NumberToggles, numbers } from './number-toggles.tsx';

const words = TASK_FORM_WORDS.cron;

type Unit = keyof typeof words.steps;
interface FieldOf {
  readonly unit: Unit;
  readonly steps: readonly number[];
  readonly values: readonly (readonly [number, string])[];
  readonly wide?: boolean;
}

const two = (value: number) => String(value).padStart(2, '0');
const FIVES: readonly (readonly [number, string])[] = numbers(0, 11).map(([i]) => [
  i * 5,
  two(i * 5),
]);
const FIELDS: readonly FieldOf[] = [
  { unit: 'minutes', steps: [1, 5, 10, 15, 30], values: FIVES },
  { unit: 'hours', steps: [1, 2, 4, 6, 12], values: numbers(0, 23, two) },
  {
    unit: 'weekdays',
    steps: [1],
    values: [...numbers(1, 6, (day) => words.dayNames[day] ?? ''), [0, words.dayNames[0]]],
    wide: true,
  },
  { unit: 'days', steps: [1], values: numbers(1, 31) },
  {
    unit: 'months',
    steps: [1, 2, 3, 6],
    values: numbers(1, 12, (month) => words.monthNames[month - 1] ?? ''),
    wide: true,
  },
];

interface Props {
  readonly expr: string;
  readonly put: (expr: string) => void;
}

/** Builds a cron expression; what it cannot show is left as it is written. */
export function CronBuilder({ expr, put }: Props) {
  const form = readCron(expr);
  const change = (part: Partial<CronForm>) => form && put(writeCron({ ...form, ...part }));
  const hasSeconds =
    form !== undefined && !(form.seconds.at?.length === 1 && form.seconds.at[0] === 0);
  const both =
    form !== undefined && form.days !== 'last' && isLimited(form.days) && isLimited(form.weekdays);
  return (
    <div className="builder">
      <Presets presets={CRON_PRESETS} expr={expr.trim()} put={put} />
      {form === undefined ? (
        expr.trim() !== '' && <KeptAsText startOver={() => put('0 9 * * *')} />
      ) : (
        <>
          {hasSeconds && (
            <Field
              of={{ unit: 'seconds', steps: [1, 5, 10, 15, 20, 30], values: FIVES }}
              part={form.seconds}
              change={(seconds) => change({ seconds })}
            />
          )}
          {FIELDS.map((of) => {
            const part = of.unit === 'seconds' ? form.seconds : form[of.unit];
            return (
              <Field
                key={of.unit}
                of={of}
                part={part === 'last' ? ANY : part}
                change={(next) => change({ [of.unit]: next })}
                {...(of.unit === 'days' && {
                  last: {
                    isChosen: part === 'last',
                    choose: () => change({ days: part === 'last' ? ANY : 'last' }),
                  },
                })}
              />
            );
          })}
          {both && <p className="dim">{words.either}</p>}
        </>
      )}
    </div>
  );
}

function isLimited(part: CronPart): boolean {
  return part.every !== 1;
}

interface FieldProps {
  readonly of: FieldOf;
  readonly part: CronPart;
  readonly change: (part: CronPart) => void;
  /** The last day of the month, which has no number. */
  readonly last?: { readonly isChosen: boolean; readonly choose: () => void };
}

function Field({ of: { unit, steps, values, wide }, part, change, last }: FieldProps) {
  const label = words[unit];
  const chosen = part.at ?? [];
  const shown = values.concat(
    chosen.filter((one) => !values.some(([value]) => value === one)).map((one) => [one, two(one)]),
  );
  const every = last?.isChosen ? undefined : part.every;
  const known = every !== undefined && !steps.includes(every) ? [...steps, every] : steps;
  return (
    <div className="builder-field">
      <span className="builder-label">{label}</span>
      <div className="grow stack-tight">
        <fieldset className="row presets" aria-label={`${label}: ${words.every.toLowerCase()}`}>
          {known.map((step) => (
            <button
              key={step}
              type="button"
              className="chip chip-small"
              aria-pressed={every === step}
              onClick={() => change({ every: step })}
            >
              {words.steps[unit](step)}
            </button>
          ))}
          {last && (
            <button
              type="button"
              className="chip chip-small"
              aria-pressed={last.isChosen}
              onClick={last.choose}
            >
              {words.lastDay}
            </button>
          )}
        </fieldset>
        <NumberToggles
          label={label}
          columns={unit === 'minutes' || unit === 'hours'}
          values={shown}
          chosen={chosen}
          toggle={(value) => change(toggled(part, value))}
          wide={wide ?? false}
        />
      </div>
    </div>
  );
}
