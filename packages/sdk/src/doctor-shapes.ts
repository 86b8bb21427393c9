import type { DoctorRepairBody, DoctorReportBody } from '@tenuto/contract';
import { fields, flag, listOf, nullable, number, oneOf, type Shape, text } from './shape.ts';

const verdict = oneOf(['ok', 'warning', 'error']);

export const reportShape: Shape<DoctorReportBody> = fields({
  verdict,
  examined_at: text,
  duration_ms: number,
  sample: fields({ live_runs: number, over_runs: number, left_out: number }),
  checks: listOf(
    fields({
      name: text,
      invariant: nullable(number),
      meaning: text,
      verdict,
      count: number,
      more: flag,
      evidence: listOf(fields({ subject: text, detail: text })),
      repair: nullable(text),
    }),
  ),
});

export const repairShape: Shape<DoctorRepairBody> = fields({
  dry_run: flag,
  found: reportShape,
  repaired: listOf(fields({ check: text, count: number })),
  left: nullable(reportShape),
});
