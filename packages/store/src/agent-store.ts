import type { AgentStore } from '@tenuto/engine';
import {
  addCredential,
  findCredential,
  listCredentials,
  revokeCredential,
} from './queries/agent-credentials.ts';
import {
  changeAgent,
  createAgent,
  findAgent,
  listAgents,
  namedAgent,
  removeAgent,
} from './queries/agents.ts';
import type { Database } from './queries/database.ts';

/** Agents and their credentials, as the API sees them. */
export function createAgentStore(db: Database): AgentStore {
  return {
    create: (agent) => createAgent(db, agent),
    find: (access, agentId) => findAgent(db, access, agentId),
    named: (name) => namedAgent(db, name),
    list: (access, filter, page) => listAgents(db, access, filter, page),
    change: (access, change) => changeAgent(db, access, change),
    remove: (access, removal) => removeAgent(db, access, removal),
    addCredential: (credential) => addCredential(db, credential),
    credentials: (agentId, page) => listCredentials(db, agentId, page),
    credential: (agentId, credentialId) => findCredential(db, agentId, credentialId),
    revokeCredential: (agentId, credentialId, audit) =>
      revokeCredential(db, { agentId, credentialId }, audit),
  };
}
