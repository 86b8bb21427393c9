export {
  type CheckReport,
  createDoctor,
  type Doctor,
  type DoctorReport,
  type ExamineOptions,
  type RepairReport,
} from './doctor.ts';
export { EVIDENCE_TOLD } from './findings.ts';
export { INVARIANTS } from './invariants.ts';
