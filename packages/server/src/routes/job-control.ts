import {
  JobSchema,
  ReasonSchema,
  RecoverJobSchema,
  RetryJobSchema,
  SignalJobSchema,
} from '@tenuto/contract';
import type { FastifyInstance, FastifyReply } from 'fastify';
import Type from 'typebox';
import { pauseJob, resumeJob } from '../services/job-pause.ts';
import { recoverJob, retryJob } from '../services/job-recover.ts';
import { cancelRetry, signalJob } from '../services/job-signal.ts';
import { etagOf } from '../services/job-state.ts';
import type { Acted, Wish } from '../services/job-tell.ts';
import type { JobParts } from '../services/services.ts';
import { prefersAsync } from './prefer.ts';
import { callerOf, noBodyIsEmpty, type Typed } from './request.ts';
import { JobParameters, NodeParameters, problems } from './schemas.ts';

const JOB = '/api/v1/orchestration/job/:job_id';
const config = { scope: 'jobs:write', limit: 'change' } as const;
const headers = Type.Object({
  'if-match': Type.Optional(Type.String()),
  prefer: Type.Optional(
    Type.String({ description: '`respond-async`: do not wait for the engine.' }),
  ),
});
const response = {
  200: JobSchema,
  202: JobSchema,
  ...problems(404, 409, 412, 413, 415, 422),
};
const about = (summary: string) => ({ tags: ['jobs'], summary, headers, response });

interface Asking {
  readonly params: { readonly job_id: string };
  readonly headers: { readonly 'if-match'?: string; readonly prefer?: string };
}

function wishOf({ params, headers: given }: Asking): Wish {
  const async = prefersAsync(given.prefer);
  return { jobId: params.job_id, ifMatch: given['if-match'], async };
}

/** 200 once the engine has acted; 202 when it is on its way. */
function answer(reply: FastifyReply, { async }: Wish, { job, done }: Acted): FastifyReply {
  if (async) reply.header('preference-applied', 'respond-async');
  return reply
    .code(done ? 200 : 202)
    .header('etag', etagOf(job))
    .send(job);
}

/** What can be asked of a job besides its end. */
export function addJobControlRoutes(instance: FastifyInstance, parts: JobParts): void {
  const app: Typed = instance.withTypeProvider();
  for (const [verb, change] of [
    ['pause', pauseJob],
    ['resume', resumeJob],
  ] as const) {
    app.post(
      `${JOB}/${verb}`,
      {
        config,
        preValidation: noBodyIsEmpty,
        schema: { ...about(`${SUMMARIES[verb]}`), params: JobParameters, body: ReasonSchema },
      },
      async (request, reply) => {
        const wish = wishOf(request);
        const { reason } = request.body;
        return answer(reply, wish, await change(parts, callerOf(request), { ...wish, reason }));
      },
    );
  }
  addSignals(app, parts);
  addRecoveries(app, parts);
}

const SUMMARIES = { pause: 'Let nothing more of a job start', resume: 'Let a paused job go on' };

function addSignals(app: Typed, parts: JobParts): void {
  app.post(
    `${JOB}/signal`,
    {
      config,
      schema: {
        ...about('Send a job a signal, for the first node that waits for one of that name'),
        params: JobParameters,
        body: SignalJobSchema,
      },
    },
    async (request, reply) => {
      const wish = wishOf(request);
      const signal = request.body;
      return answer(reply, wish, await signalJob(parts, callerOf(request), { ...wish, signal }));
    },
  );
  app.post(
    `${JOB}/nodes/:node_id/cancel-retry`,
    {
      config,
      preValidation: noBodyIsEmpty,
      schema: {
        ...about('Give up the retry that a node waits for'),
        params: NodeParameters,
        body: ReasonSchema,
      },
    },
    async (request, reply) => {
      const wish = wishOf(request);
      const { reason } = request.body;
      const nodeId = request.params.node_id;
      const acted = await cancelRetry(parts, callerOf(request), { ...wish, nodeId, reason });
      return answer(reply, wish, acted);
    },
  );
}

function addRecoveries(app: Typed, parts: JobParts): void {
  app.post(
    `${JOB}/retry`,
    {
      config,
      preValidation: noBodyIsEmpty,
      schema: {
        ...about('Take a failed or timed-out job up again'),
        params: JobParameters,
        body: RetryJobSchema,
      },
    },
    async (request, reply) => {
      const wish = wishOf(request);
      const retry = request.body;
      return answer(reply, wish, await retryJob(parts, callerOf(request), { ...wish, retry }));
    },
  );
  app.post(
    `${JOB}/recover`,
    {
      config,
      schema: {
        ...about('Recover a job by hand, with one of the actions of recovery policies'),
        params: JobParameters,
        body: RecoverJobSchema,
      },
    },
    async (request, reply) => {
      const wish = wishOf(request);
      const recovery = request.body;
      return answer(reply, wish, await recoverJob(parts, callerOf(request), { ...wish, recovery }));
    },
  );
}
