/** Settings of agents: which models there are, and what the scripted one replays. */
export interface AgentSettings {
  /** A YAML or JSON file with providers and models. */
  readonly modelsFile?: string;
  /** Of agents that name none. */
  readonly defaultModel?: string;
  /** A folder with more recorded answers than those that come along. */
  readonly scriptsDir?: string;
}

/** @param refuse throws the error of a setting that is wrong */
export function readAgentSettings(
  text: (name: string) => string | undefined,
  refuse: (name: string, wanted: string) => never,
): AgentSettings {
  const modelsFile = text('TENUTO_MODELS');
  const defaultModel = text('TENUTO_DEFAULT_MODEL');
  const scriptsDir = text('TENUTO_SCRIPTS_DIR');
  if (defaultModel !== undefined && !/^[^/\s]+\/\S+$/.test(defaultModel)) {
    refuse('TENUTO_DEFAULT_MODEL', 'must be like anthropic/claude-sonnet-4-5');
  }
  return {
    ...(modelsFile !== undefined && { modelsFile }),
    ...(defaultModel !== undefined && { defaultModel }),
    ...(scriptsDir !== undefined && { scriptsDir }),
  };
}
