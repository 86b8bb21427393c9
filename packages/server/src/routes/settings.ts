import { SettingsSchema, StandingPoliciesSchema } from '@tenuto/contract';
import type { FastifyInstance } from 'fastify';
import {
  readServerSettings,
  readStandingPolicies,
  type SettingsParts,
} from '../services/settings.ts';
import { callerOf, type Typed } from './request.ts';
import { problems } from './schemas.ts';

/** How the server was set up. */
export function addSettingsRoutes(instance: FastifyInstance, parts: SettingsParts): void {
  const app: Typed = instance.withTypeProvider();
  app.get(
    '/api/v1/settings',
    {
      config: { scope: 'admin', limit: 'read' },
      schema: {
        tags: ['settings'],
        summary: 'The settings of the server that answers, and where each comes from',
        response: { 200: SettingsSchema, ...problems() },
      },
    },
    async (request) => readServerSettings(parts, callerOf(request)),
  );
  app.get(
    '/api/v1/policies',
    {
      config: { scope: 'runs:read', limit: 'read', tool: 'get_policies' },
      schema: {
        tags: ['settings'],
        summary: 'The governance policy and the recovery rules that hold here for everybody',
        response: { 200: StandingPoliciesSchema, ...problems() },
      },
    },
    async (request) => readStandingPolicies(parts, callerOf(request)),
  );
}
