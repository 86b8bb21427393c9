/** The composition of the actions: what nodes can do in this deployment. */
import {
  type ActionRegistry,
  type AllowedCommands,
  approvalRequest,
  commandRun,
  createActionRegistry,
  createMailer,
  createMcpHands,
  createMcpPool,
  eventPublish,
  eventWait,
  type FindChannel,
  httpRequest,
  mcpCall,
  mcpReach,
  mcpTool,
  notifyEmail,
  notifyWebhook,
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
import type { Eventing } from './events/eventing.ts';
import { createMcpSpec, mcpServerFinder } from './services/mcp-server-use.ts';
import type { secretOpener } from './services/secret-use.ts';
import type { createSubRuns } from './services/sub-runs.ts';
import type { Settings } from './settings.ts';
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

export function makeActions(
  settings: ActionSettings,
  { startSubRun, tests, approvals, eventing, senders: { http, mailer, channel }, mcp }: ActionParts,
): ActionRegistry {
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
    eventPublish(eventing.door),
    eventWait(eventing.door, systemClock),
    runStart(startSubRun),
    mcpCall(mcp),
  ];
  return createActionRegistry(own, (uses) => mcpTool(mcp, uses));
}
