export { type AgentOptions, agentRun } from './agent-run.ts';
export type { AgentModel, ModelCatalogue } from './model/agent-model.ts';
export { type CatalogueOptions, createModelCatalogue } from './model/catalogue.ts';
export { type ModelsConfig, readModelsConfig } from './model/models-config.ts';
export { AGENT_PARAMETERS } from './parameters.ts';
export { createScriptLibrary, type ScriptLibrary } from './scripted/library.ts';
