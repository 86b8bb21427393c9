/** The provider that replays recorded answers; no other may have its name. */
export const RECORDED_PROVIDER = 'scripted';

/**
 * Whether what a model answers is recorded: it counts like any other, so that budgets can be tried,
 * and nobody is paid for it.
 */
export function isRecorded(model: string): boolean {
  return model.startsWith(`${RECORDED_PROVIDER}/`);
}
