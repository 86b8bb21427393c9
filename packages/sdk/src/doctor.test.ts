import { DoctorRepairSchema, DoctorReportSchema } from '@tenuto/contract';
import { afterEach, describe, expect, it } from 'vitest';
import { closeServers, connect } from '../test/connect.ts';
import { exampleOf } from '../test/contract-example.ts';
import { ProtocolError } from './errors.ts';

afterEach(closeServers);

const answer = (schema: object) => () => ({ status: 200, body: exampleOf(schema) });

describe('the doctor of a server', () => {
  it('examines as it is asked to', async () => {
    const { client, server } = await connect(answer(DoctorReportSchema));
    expect(await client.doctor.examine()).toEqual(exampleOf(DoctorReportSchema));
    await client.doctor.examine({ deep: true, limit: 7, checks: ['lost_run', 'batch_gap'] });
    expect(server.seen.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'GET /api/v1/doctor',
      'GET /api/v1/doctor?deep=true&limit=7&checks=lost_run&checks=batch_gap',
    ]);
  });

  it('repairs, again when the connection breaks: twice is as good as once', async () => {
    const { client, server } = await connect((_request, count) =>
      count === 1 ? 'hang up' : answer(DoctorRepairSchema)(),
    );
    const request = { checks: ['orphan_lease'], dry_run: true };
    expect(await client.doctor.repair(request)).toEqual(exampleOf(DoctorRepairSchema));
    expect(server.seen.map(({ method, url, body }) => [method, url, body])).toEqual([
      ['POST', '/api/v1/doctor/repair', request],
      ['POST', '/api/v1/doctor/repair', request],
    ]);
    await client.doctor.repair();
    expect(server.seen[2]?.body).toEqual({});
  });

  it.each(['verdict', 'sample', 'checks'])('takes no report without its %s', async (field) => {
    const { [field]: _, ...body } = exampleOf(DoctorReportSchema);
    const { client } = await connect(() => ({ status: 200, body }));
    await expect(client.doctor.examine()).rejects.toThrow(ProtocolError);
  });

  it('takes no report with a verdict that it does not know', async () => {
    const body = { ...exampleOf(DoctorReportSchema), verdict: 'fine' };
    const { client } = await connect(() => ({ status: 200, body }));
    await expect(client.doctor.examine()).rejects.toThrow(ProtocolError);
  });
});
