import {
  AGENT_STATES,
  type Agent,
  type ApiToken,
  AUDIT_FAULTS,
  type AuditRow,
  type AuditVerdict,
  type Credential,
  type Me,
  type NewApiToken,
  type NewCredential,
  type Quota,
  type QuotaUse,
  SCOPES,
  type Team,
  type TokenGrant,
} from '@tenuto/contract';
import {
  anything,
  fields,
  flag,
  isRecord,
  listOf,
  nullable,
  number,
  oneOf,
  type Shape,
  text,
} from './shape.ts';

const texts = listOf(text);

export const agentShape: Shape<Agent> = fields({
  agent_id: text,
  name: text,
  description: nullable(text),
  scopes: listOf(oneOf(SCOPES)),
  webhook_url: nullable(text),
  status: oneOf(AGENT_STATES),
  principal: text,
  owner: text,
  protected: flag,
  created_at: text,
  updated_at: text,
  updated_by: text,
  last_seen_at: nullable(text),
  version: number,
});

const isTrue = (value: unknown): value is true => value === true;
export const revokedShape: Shape<{ readonly revoked: true }> = fields({ revoked: isTrue });

export const tokenGrantShape: Shape<TokenGrant> = fields({
  access_token: text,
  token_type: oneOf(['Bearer']),
  expires_in: number,
  refresh_token: text,
  refresh_expires_in: number,
  scope: text,
});

const credential = {
  credential_id: text,
  agent_id: text,
  client_id: text,
  name: text,
  hint: text,
  scopes: texts,
  created_by: text,
  created_at: text,
  expires_at: nullable(text),
  last_used_at: nullable(text),
  revoked_at: nullable(text),
} as const;
export const credentialShape: Shape<Credential> = fields(credential);
export const newCredentialShape: Shape<NewCredential> = fields({
  ...credential,
  client_secret: text,
});

const token = {
  token_id: text,
  principal: text,
  agent_id: nullable(text),
  name: text,
  hint: text,
  scopes: texts,
  created_by: text,
  created_at: text,
  expires_at: nullable(text),
  last_used_at: nullable(text),
  revoked_at: nullable(text),
} as const;
export const apiTokenShape: Shape<ApiToken> = fields(token);
export const newApiTokenShape: Shape<NewApiToken> = fields({ ...token, token: text });

export const meShape: Shape<Me> = fields({
  principal: text,
  actor: text,
  kind: oneOf(['agent', 'user']),
  via: oneOf(['token', 'access', 'jwt', 'session']),
  email: nullable(text),
  scopes: texts,
  teams: texts,
  agent: nullable(agentShape),
});

const details: Shape<Record<string, unknown>> = (value): value is Record<string, unknown> =>
  isRecord(value) && Object.values(value).every(anything);

export const auditRowShape: Shape<AuditRow> = fields({
  audit_id: text,
  at: text,
  actor: text,
  action: text,
  subject: text,
  details,
  request_id: nullable(text),
});

export const verdictShape: Shape<AuditVerdict> = fields({
  valid: flag,
  seals: number,
  rows: number,
  unsealed: number,
  head: nullable(text),
  findings: listOf(
    fields({ fault: oneOf(AUDIT_FAULTS), seal: number, audit_id: nullable(text), detail: text }),
  ),
  findings_total: number,
});

export const teamShape: Shape<Team> = fields({
  team_id: text,
  name: text,
  description: nullable(text),
  members: texts,
  principal: text,
  created_at: text,
  updated_at: text,
  updated_by: text,
  version: number,
});

const limits = {
  runs_per_day: nullable(number),
  concurrent_runs: nullable(number),
  storage_bytes: nullable(number),
  events_per_minute: nullable(number),
  usd_per_day: nullable(number),
  usd_per_month: nullable(number),
} as const;
export const quotaShape: Shape<Quota> = fields({
  ...{ principal: text, ...limits, updated_at: text, updated_by: text, version: number },
});
export const quotaUseShape: Shape<QuotaUse> = fields({
  ...{ principal: text, ...limits },
  used: fields({
    ...{ runs_today: number, concurrent_runs: number, storage_bytes: number },
    ...{ usd_today: number, usd_this_month: number },
  }),
});
