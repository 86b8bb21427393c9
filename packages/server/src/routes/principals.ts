import type { FastifyInstance } from 'fastify';
import type { AgentAuthParts } from '../services/agent-auth.ts';
import type { Keys } from '../services/agents.ts';
import type { ApiTokenParts } from '../services/api-tokens.ts';
import type { AuditParts } from '../services/audit.ts';
import type { LoginParts } from '../services/login.ts';
import type { QuotaParts } from '../services/quotas.ts';
import type { TeamParts } from '../services/teams.ts';
import { addAgentAuthRoutes } from './agent-auth.ts';
import { addAgentRoutes } from './agents.ts';
import { addApiTokenRoutes } from './api-tokens.ts';
import { addAuditRoutes } from './audit.ts';
import { addAuthMethodsRoute } from './auth-methods.ts';
import { addOidcRoutes } from './oidc.ts';
import { addQuotaRoutes } from './quotas.ts';
import { addSessionRoutes } from './sessions.ts';
import { addTeamRoutes } from './teams.ts';

interface Parts
  extends Omit<AgentAuthParts, 'tokens'>,
    Omit<ApiTokenParts, 'tokens'>,
    AuditParts,
    Keys,
    QuotaParts,
    TeamParts,
    Omit<LoginParts, 'oidc' | 'tokens'> {
  readonly tokens: AgentAuthParts['tokens'] & ApiTokenParts['tokens'] & LoginParts['tokens'];
  readonly oidc?: LoginParts['oidc'] | undefined;
}

/** Who may call the API, what they may have, and what they did. */
export function addPrincipalRoutes(app: FastifyInstance, parts: Parts): void {
  const { oidc, ...rest } = parts;
  addAgentRoutes(app, rest);
  addAgentAuthRoutes(app, rest);
  addApiTokenRoutes(app, rest);
  addAuditRoutes(app, rest);
  addTeamRoutes(app, rest);
  addAuthMethodsRoute(app, { oidc });
  addSessionRoutes(app, rest);
  if (oidc !== undefined) addOidcRoutes(app, { ...rest, oidc });
  addQuotaRoutes(app, rest);
}
