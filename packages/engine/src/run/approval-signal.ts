/** The signal by which a node hears what was decided about its question. Nobody else may send it. */

const PREFIX = 'approval:';
const ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export function approvalSignal(approvalId: string): string {
  return `${PREFIX}${approvalId}`;
}

/** Which approval a signal is about; undefined for any other signal. */
export function approvalOf(signal: string): string | undefined {
  const id = signal.startsWith(PREFIX) ? signal.slice(PREFIX.length) : '';
  return ID.test(id) ? id : undefined;
}

/** Whether a name is kept for what approvals say. */
export function isApprovalSignal(name: string): boolean {
  return name.startsWith(PREFIX);
}
