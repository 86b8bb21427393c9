/** Values to choose some of: hours, days, months. */
interface Props {
  readonly label: string;
  readonly values: readonly (readonly [value: number, word: string])[];
  readonly chosen: readonly number[];
  readonly toggle: (value: number) => void;
  /** Words need more room than numbers. */
  readonly wide?: boolean;
  /** In columns of twelve, as on a clock. */
  readonly columns?: boolean;
}

export function NumberToggles({
  label,
  values,
  chosen,
  toggle,
  wide = false,
  columns = false,
}: Props) {
  return (
    <fieldset className={`toggles${wide ? ' toggles-wide' : ''}${columns ? ' toggles-clock' : ''}`}>
      <legend className="sr-only">{label}</legend>
      {values.map(([value, word]) => (
        <button
          key={value}
          type="button"
          aria-pressed={chosen.includes(value)}
          onClick={() => toggle(value)}
        >
          {word}
        </button>
      ))}
    </fieldset>
  );
}

/** Numbers from one to another, each as its own word. */
export function numbers(
  low: number,
  high: number,
  word: (value: number) => string = String,
): readonly (readonly [number, string])[] {
  return Array.from({ length: high - low + 1 }, (_, i) => [low + i, word(low + i)] as const);
}
