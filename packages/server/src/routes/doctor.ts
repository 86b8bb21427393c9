import {
  DoctorRepairRequestSchema,
  DoctorRepairSchema,
  DoctorReportSchema,
} from '@tenuto/contract';
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { type DoctorParts, examineStore, repairStore } from '../services/doctor.ts';
import { callerOf, type Typed } from './request.ts';
import { closed, problems } from './schemas.ts';

const BASE = '/api/v1/doctor';
/** More runs at once would hold a snapshot open for too long. */
const RUNS_MOST = 100_000;

const Options = Type.Object(
  {
    deep: Type.Optional(
      Type.Boolean({ default: false, description: 'Looks at many more runs one by one.' }),
    ),
    limit: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: RUNS_MOST,
        description: 'How many live runs, and how many ended ones, are looked at one by one.',
      }),
    ),
    checks: Type.Optional(
      Type.Array(Type.String(), { description: 'Only these; docs/doctor.md names them.' }),
    ),
  },
  closed,
);

/** The invariants, checked on the live store, and their repair. */
export function addDoctorRoutes(instance: FastifyInstance, parts: DoctorParts): void {
  const app: Typed = instance.withTypeProvider();
  app.get(
    BASE,
    {
      config: { scope: 'admin' },
      schema: {
        tags: ['doctor'],
        summary: 'Check the invariants on the live store',
        querystring: Options,
        response: { 200: DoctorReportSchema, ...problems() },
      },
    },
    (request) => examineStore(parts, callerOf(request), request.query),
  );
  app.post(
    `${BASE}/repair`,
    {
      config: { scope: 'admin', limit: 'change' },
      schema: {
        tags: ['doctor'],
        summary: 'Repair what the doctor finds',
        body: DoctorRepairRequestSchema,
        response: { 200: DoctorRepairSchema, ...problems(413, 415) },
      },
    },
    (request) => repairStore(parts, callerOf(request), request.body),
  );
}
