const DAY_MS = 86_400_000;

/** How long what is issued may be good for, in days; 0 for ever. */
export const EXPIRY_DAYS = [7, 30, 90, 365, 0] as const;

/** @returns when it ends, as RFC 3339; undefined for never */
export function expiresAt(days: number, nowMs: number): string | undefined {
  return days === 0 ? undefined : new Date(nowMs + days * DAY_MS).toISOString();
}

/** What is issued is good until it is revoked or has expired. */
export function isGood(
  {
    revoked_at: revoked,
    expires_at: expires,
  }: {
    readonly revoked_at: string | null;
    readonly expires_at: string | null;
  },
  nowMs: number,
): boolean {
  return revoked === null && (expires === null || Date.parse(expires) > nowMs);
}
