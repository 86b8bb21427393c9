import type { DoctorRepairBody, DoctorRepairRequest, DoctorReportBody } from '@tenuto/contract';
import { repairShape, reportShape } from './doctor-shapes.ts';
import { type CallOptions, createReader, signalOf } from './reading.ts';
import { send, type TransportOptions } from './transport.ts';

export interface DoctorQuery {
  /** Looks at many more runs one by one, and takes its time. */
  readonly deep?: boolean;
  /** How many live runs, and how many ended ones, are looked at one by one. */
  readonly limit?: number;
  /** Names of checks; all when absent. */
  readonly checks?: readonly string[];
}

/** The invariants of a server's store. Every function throws as `createClient` says. */
export interface Doctor {
  examine(query?: DoctorQuery, options?: CallOptions): Promise<DoctorReportBody>;
  /** Mends what can be mended, and looks again; a second time changes nothing. */
  repair(request?: DoctorRepairRequest, options?: CallOptions): Promise<DoctorRepairBody>;
}

const ROOT = '/doctor';
/** A deep examination takes longer than anything else that is asked of a server. */
const PATIENCE_MS = 120_000;

export function createDoctor(given: TransportOptions): Doctor {
  const transport = { ...given, timeoutMs: Math.max(given.timeoutMs, PATIENCE_MS) };
  const { read } = createReader(transport);
  return {
    examine: (query = {}, options) => read(ROOT, reportShape, { ...query }, options),
    repair: (request = {}, options = {}) =>
      send(transport, {
        ...{ method: 'POST', path: `${ROOT}/repair`, body: request, shape: repairShape },
        repeatable: true,
        ...signalOf(options),
      }),
  };
}
