/** Money is whole nano-USD; what people write is decimal, and read digit by digit. */

const NANO_DIGITS = 9;
const NANO = 1_000_000_000;
const DECIMAL = /^(\d{1,15})(?:\.(\d{1,40}))?(?:e([+-]?\d{1,3}))?$/i;

/**
 * Reads an amount of USD, exactly, to whole nano-USD; what is finer is rounded half up.
 * @param usd a decimal, in digits or as a number
 * @throws RangeError when it is none, or negative
 */
export function nanoOf(usd: string | number): bigint {
  const match = DECIMAL.exec(String(usd));
  if (match === null) throw new RangeError(`${usd} is no amount of money`);
  const [, whole = '', fraction = '', exponent = '0'] = match;
  const digits = BigInt(whole + fraction);
  const shift = NANO_DIGITS - fraction.length + Number(exponent);
  if (shift >= 0) return digits * 10n ** BigInt(shift);
  const unit = 10n ** BigInt(-shift);
  return (digits + unit / 2n) / unit;
}

/** Nano-USD of an amount on the wire, as a number. */
export function nanoUsd(usd: string | number): number {
  return Number(nanoOf(usd));
}

/** USD of an amount, for the wire. */
export function usdOf(nano: number): number {
  return nano / NANO;
}
