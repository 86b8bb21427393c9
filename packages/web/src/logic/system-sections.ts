import type { Scope } from '@tenuto/contract';
import { WORDS } from '../words.ts';

const { sections } = WORDS;

/** One part of the view of the system, and the scope that its reader needs. */
export interface SystemSection {
  readonly to: string;
  readonly word: string;
  readonly scope?: Scope;
}

export const SYSTEM_SECTIONS: readonly SystemSection[] = [
  { to: '/system', word: sections.health },
  { to: '/system/engines', word: sections.engines, scope: 'metrics:read' },
  { to: '/system/doctor', word: sections.doctor, scope: 'admin' },
  { to: '/system/circuits', word: sections.circuits, scope: 'jobs:read' },
  { to: '/system/policies', word: sections.policies, scope: 'jobs:read' },
  { to: '/system/audit', word: sections.audit, scope: 'audit:read' },
  { to: '/system/budgets', word: sections.budgets },
  { to: '/system/teams', word: sections.teams },
  { to: '/system/secrets', word: sections.secrets },
  { to: '/system/webhooks', word: sections.webhooks },
  { to: '/system/notifications', word: sections.notifications },
  { to: '/system/mcp-servers', word: sections.mcpServers },
  { to: '/system/settings', word: sections.settings },
];
