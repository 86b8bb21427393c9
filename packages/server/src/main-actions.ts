/** The composition of the actions: what nodes can do in this deployment. */
import {
  type ActionRegistry,
  type AllowedCommands,
  agentRun,
  approvalRequest,
  commandRun,
  createActionRegistry,
  createMailer,
  createMcpHands,
  createMcpPool,
  createModelCatalogue,
  createScriptLibrary,
  eventPublish,
  eventWait,
  type FindChannel,
  type GovernanceOptions,
  governanceCheck,
  httpRequest,
  mcpCall,
  mcpReach,
  mcpTool,
  notifyEmail,
  notifyWebhook,
  readModelsConfig,
  runStart,
  signalWait,
  sleepFor,
  sleepUntil,
  testMerge,
  testPlan,
  testRun,
  transformCel,
} from '@tenuto/actions';
import type {
  ApprovalDoor,
  CallLedger,
  DocumentStore,
  TestStore,
  Workspaces,
} from '@tenuto/engine';
import { readFolders, readSettingFile, SHIPPED_SCRIPTS } from './agents/agent-files.ts';
import type { Eventing } from './events/eventing.ts';
import type { ProfileFiles } from './profiles/profile-files.ts';
import { createMcpSpec, mcpServerFinder } from './services/mcp-server-use.ts';
import type { secretOpener } from './services/secret-use.ts';
import type { createSubRuns } from './services/sub-runs.ts';
import type { Settings } from './settings.ts';
import { SettingsError } from './settings-reader.ts';
import { systemClock } from './system-clock.ts';

/** The settings, and the environment that commands get parts of. */
export type ActionSettings = Settings & {
  readonly environment: Readonly<Record<string, string | undefined>>;
};

interface ActionParts {
  readonly startSubRun: ReturnType<typeof createSubRuns>;
  readonly tests: TestStore;
  readonly approvals: ApprovalDoor;
  readonly senders: ReturnType<typeof makeSenders>;
  readonly eventing: Pick<Eventing, 'door'>;
  readonly mcp: ReturnType<typeof makeMcp>;
  /** Paid and irreversible calls inside attempts. */
  readonly ledger: CallLedger;
  readonly workspaces: Workspaces;
  readonly models: Awaited<ReturnType<typeof makeModels>>;
  /** Where system prompts are that jobs name. */
  readonly files: Pick<ProfileFiles, 'prompt'>;
  readonly governance: Pick<GovernanceOptions, 'costOf' | 'policy'>;
}

/** What sends messages, for the actions and for the relay. */
export function makeSenders({ httpAllow, mail }: Settings, channel: FindChannel) {
  const http = httpRequest({ clock: systemClock, allow: httpAllow });
  return { http, mailer: createMailer(mail), channel };
}

/** How commands may be started, those of MCP servers too. */
function commandsOf({ allowCommands, environment }: ActionSettings) {
  const allow: AllowedCommands =
    allowCommands.length === 0 ? 'none' : allowCommands.includes('*') ? 'any' : allowCommands;
  return { allow, environment, clock: systemClock };
}

interface McpSources {
  readonly documents: DocumentStore;
  readonly openSecrets: ReturnType<typeof secretOpener>;
  readonly version: string;
}

/** What speaks with MCP servers, for the actions and for the API. */
export function makeMcp(settings: ActionSettings, { documents, openSecrets, version }: McpSources) {
  const { httpAllow } = settings;
  const commands = commandsOf(settings);
  const reach = mcpReach({ clock: systemClock, commands, httpAllow, version });
  const pool = createMcpPool(reach);
  const specOf = createMcpSpec(openSecrets);
  return {
    pool,
    specOf,
    find: mcpServerFinder(documents, specOf),
    hands: createMcpHands(pool, reach),
  };
}

/**
 * The models that agents may name.
 * @throws SettingsError when a file that the settings name cannot be used
 */
export async function makeModels(
  { agents, environment, httpAllow }: ActionSettings,
  openSecrets: ReturnType<typeof secretOpener>,
) {
  const { modelsFile, defaultModel, scriptsDir } = agents;
  const folders = [SHIPPED_SCRIPTS, ...(scriptsDir === undefined ? [] : [scriptsDir])];
  const config =
    modelsFile === undefined
      ? {}
      : await readSettingFile('TENUTO_MODELS', modelsFile, readModelsConfig);
  const scripts = await readFolders('TENUTO_SCRIPTS_DIR', folders);
  try {
    return createModelCatalogue({
      ...{ config, environment, httpAllow, openSecrets, clock: systemClock },
      scripts: createScriptLibrary(scripts),
      ...(defaultModel !== undefined && { defaultModel }),
    });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new SettingsError('TENUTO_SCRIPTS_DIR', `cannot be used: ${error.message}`);
  }
}

export function makeActions(settings: ActionSettings, parts: ActionParts): ActionRegistry {
  const { startSubRun, tests, approvals, eventing, mcp, workspaces, governance } = parts;
  const { http, mailer, channel } = parts.senders;
  const commands = commandsOf(settings);
  const own = [
    http,
    notifyWebhook({ http, channel, clock: systemClock }),
    notifyEmail({ mailer, channel }),
    commandRun(commands),
    testRun(commands, tests.memory),
    testPlan(commands, tests.memory),
    testMerge(),
    transformCel(),
    sleepFor(),
    sleepUntil(),
    signalWait(),
    approvalRequest(approvals),
    governanceCheck({ ...governance, workspaces, commands }),
    eventPublish(eventing.door),
    eventWait(eventing.door, systemClock),
    runStart(startSubRun),
    mcpCall(mcp),
    agentRun({
      ...{ commands, mcp, clock: systemClock, models: parts.models },
      ...{ ledger: parts.ledger, workspaces: parts.workspaces, findPrompt: parts.files.prompt },
      policy: governance.policy ?? {},
    }),
  ];
  return createActionRegistry(own, (uses) => mcpTool(mcp, uses));
}
