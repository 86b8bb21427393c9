/** Whether a Prefer header (RFC 7240) asks for an answer before the work is done. */
export function prefersAsync(header: string | undefined): boolean {
  return (header ?? '')
    .split(',')
    .some((preference) => /^\s*respond-async\s*(;|$)/i.test(preference));
}
