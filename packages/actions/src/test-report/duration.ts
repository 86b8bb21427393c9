/**
 * The seconds that a report's duration attribute means. Reporters write `1.5`, `2,503.1` and
 * `1.234,5` with separators, `0,25` with a decimal comma, `1.4e-05`, `12ms` and `1.5s`. A single
 * comma before exactly three digits separates thousands, unless there is only a zero before it.
 *
 * @returns 0 when it is missing, negative or no number
 */
export function parseDuration(text: string | undefined): number {
  const [, number = '', unit] = /^\s*([\d.,eE+-]+)\s*(ms|s)?\s*$/.exec(text ?? '') ?? [];
  const seconds = Number(plain(number)) / (unit === 'ms' ? 1_000 : 1);
  return number !== '' && Number.isFinite(seconds) && seconds > 0 ? seconds : 0;
}

function plain(number: string): string {
  const comma = number.lastIndexOf(',');
  if (comma === -1) return number;
  if (comma < number.lastIndexOf('.')) return number.replaceAll(',', '');
  const isThousands = /^[1-9]\d{0,2}(,\d{3})+$/.test(number);
  if (isThousands) return number.replaceAll(',', '');
  return number.replaceAll('.', '').replace(',', '.');
}
