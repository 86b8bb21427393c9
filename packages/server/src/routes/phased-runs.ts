import {
  AdvancedSchema,
  CloneRunSchema,
  CreatedRunSchema,
  type CreateRun,
  CreateRunSchema,
  NextPhaseSchema,
  ReasonSchema,
  RollbackRunSchema,
  RunSchema,
} from '@tenuto/contract';
import type { FastifyInstance, FastifyReply } from 'fastify';
import Type from 'typebox';
import { etagOf } from '../services/entity-tag.ts';
import type { PhasedParts } from '../services/phased-find.ts';
import { cloneRun } from '../services/run-clone.ts';
import {
  changeRun,
  type RunActed,
  type RunDeed,
  type RunWish,
  rollBackRun,
} from '../services/run-control.ts';
import { createRun } from '../services/run-create.ts';
import { type NextParts, nextPhase } from '../services/run-next.ts';
import { preferredWait, prefersAsync } from './prefer.ts';
import { callerOf, noBodyIsEmpty, type Typed } from './request.ts';
import { IdempotencyKey, problems, RunParameters } from './schemas.ts';

const RUNS = '/api/v1/runs';
const RUN = `${RUNS}/:run_id`;
const tags = ['runs'];
const params = RunParameters;
const submit = { scope: 'runs:write', limit: 'submit' } as const;
const change = { scope: 'runs:write', limit: 'change' } as const;
/** How long `next` holds its answer back; proxies give up after a minute. */
const WAIT_SECONDS = 30;
const MOST_WAIT_SECONDS = 300;

const prefer = Type.Optional(
  Type.String({
    description: '`respond-async`: do not wait. `wait=<seconds>`: wait no longer than that.',
  }),
);
const headers = Type.Object({ 'if-match': Type.Optional(Type.String()), prefer });

/** Runs of profiles: making them, going on, and the changes that all runs have in common. */
export function addPhasedRunRoutes(instance: FastifyInstance, parts: NextParts): void {
  const app: Typed = instance.withTypeProvider();
  app.post(
    RUNS,
    {
      config: { ...submit, tool: 'create_run' },
      schema: {
        ...{ tags, summary: 'Make a run of a profile', headers: IdempotencyKey },
        body: CreateRunSchema,
        response: { 201: CreatedRunSchema, ...problems(409, 413, 415, 422) },
      },
    },
    async (request, reply) => {
      const body: CreateRun = request.body;
      const key = request.headers['idempotency-key'];
      const run = await createRun(parts, callerOf(request), { body, key });
      return reply.code(201).header('location', `${RUNS}/${run.run_id}`).send(run);
    },
  );
  app.post(
    `${RUN}/clone`,
    {
      config: submit,
      preValidation: noBodyIsEmpty,
      schema: {
        ...{ tags, params, headers: IdempotencyKey, body: CloneRunSchema },
        summary: 'Make the same run again, or from one of its phases on',
        response: { 201: CreatedRunSchema, ...problems(404, 409, 413, 415, 422) },
      },
    },
    async (request, reply) => {
      const key = request.headers['idempotency-key'];
      const wanted = { runId: request.params.run_id, body: request.body, key };
      const run = await cloneRun(parts, callerOf(request), wanted);
      return reply.code(201).header('location', `${RUNS}/${run.run_id}`).send(run);
    },
  );
  addNext(app, parts);
  addChanges(app, parts);
}

function addNext(app: Typed, parts: NextParts): void {
  app.post(
    `${RUN}/next`,
    {
      config: { ...change, tool: 'next_phase' },
      preValidation: noBodyIsEmpty,
      schema: {
        ...{ tags, params, headers: Type.Object({ prefer }), body: NextPhaseSchema },
        summary: 'Execute the current phase, or all phases that are ready, and advance',
        response: {
          200: AdvancedSchema,
          202: AdvancedSchema,
          ...problems(404, 409, 413, 415, 422),
        },
      },
    },
    async (request, reply) => {
      const { run_id: runId } = request.params;
      const said = request.headers.prefer;
      const async = prefersAsync(said);
      const seconds = Math.min(preferredWait(said) ?? WAIT_SECONDS, MOST_WAIT_SECONDS);
      const wish = { runId, body: request.body, waitMs: async ? 0 : seconds * 1_000 };
      const { done, answer } = await nextPhase(parts, callerOf(request), wish);
      if (async) reply.header('preference-applied', 'respond-async');
      if (!done) reply.header('location', `${RUNS}/${answer.run_id}`);
      return reply.code(done ? 200 : 202).send(answer);
    },
  );
}

const DEEDS: Readonly<Record<RunDeed, string>> = {
  cancel: 'Cancel a run',
  pause: 'Let nothing more of a run start',
  resume: 'Let a paused run go on',
};
const response = { 200: RunSchema, 202: RunSchema, ...problems(404, 409, 412, 413, 415, 422) };

function addChanges(app: Typed, parts: PhasedParts): void {
  for (const [deed, summary] of [
    ['cancel', DEEDS.cancel],
    ['pause', DEEDS.pause],
    ['resume', DEEDS.resume],
  ] as const) {
    app.post(
      `${RUN}/${deed}`,
      {
        config: change,
        preValidation: noBodyIsEmpty,
        schema: { ...{ tags, params, headers, summary, response }, body: ReasonSchema },
      },
      async (request, reply) => {
        const wish = wishOf(request);
        const wanted = { ...wish, deed, reason: request.body.reason };
        return answer(reply, wish, await changeRun(parts, callerOf(request), wanted));
      },
    );
  }
  app.post(
    `${RUN}/rollback`,
    {
      config: change,
      schema: {
        ...{ tags, params, headers, response, body: RollbackRunSchema },
        summary: 'Take a run back to where one of its phases began',
      },
    },
    async (request, reply) => {
      const wish = wishOf(request);
      const wanted = { ...wish, body: request.body };
      return answer(reply, wish, await rollBackRun(parts, callerOf(request), wanted));
    },
  );
}

interface Asking {
  readonly params: { readonly run_id: string };
  readonly headers: { readonly 'if-match'?: string; readonly prefer?: string };
}

function wishOf({ params: { run_id: runId }, headers: given }: Asking): RunWish {
  return { runId, ifMatch: given['if-match'], async: prefersAsync(given.prefer) };
}

/** 200 once the engine has acted; 202 when it is on its way. */
function answer(reply: FastifyReply, { async }: RunWish, { run, done }: RunActed): FastifyReply {
  if (async) reply.header('preference-applied', 'respond-async');
  return reply
    .code(done ? 200 : 202)
    .header('etag', etagOf(run))
    .send(run);
}
