/** What the checks of all packages come to. The last node of the audit job runs this file. */

export interface CheckedPackage {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  readonly files: number;
  readonly bytes: number;
  readonly findings: readonly string[];
}

export interface AuditReport {
  readonly packages: number;
  readonly files: number;
  readonly bytes: number;
  /** Packages by licence, the most frequent first. */
  readonly licences: readonly (readonly [licence: string, packages: number])[];
  readonly largest: readonly CheckedPackage[];
  readonly findings: readonly { readonly name: string; readonly finding: string }[];
}

const LARGEST = 5;

export function auditReport(checked: readonly CheckedPackage[]): AuditReport {
  const licences = new Map<string, number>();
  for (const { licence } of checked) licences.set(licence, (licences.get(licence) ?? 0) + 1);
  return {
    packages: checked.length,
    files: checked.reduce((sum, { files }) => sum + files, 0),
    bytes: checked.reduce((sum, { bytes }) => sum + bytes, 0),
    licences: [...licences].sort((a, b) => b[1] - a[1]),
    largest: [...checked].sort((a, b) => b.bytes - a.bytes).slice(0, LARGEST),
    findings: checked.flatMap(({ name, findings }) =>
      findings.map((finding) => ({ name, finding })),
    ),
  };
}
