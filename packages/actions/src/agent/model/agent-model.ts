import type { LanguageModelV4 } from '@ai-sdk/provider';

/** A model that may be called. */
export interface AgentModel {
  /** `provider/model`. */
  readonly name: string;
  readonly language: LanguageModelV4;
  /** Tokens that it reads, its answer included. */
  readonly contextTokens: number;
  /** Most that it writes at once, unless an agent asks for less. */
  readonly maxOutputTokens: number;
  /** Replays recorded answers, and asks nobody. */
  readonly scripted: boolean;
  /** Keeps to a JSON schema by itself. */
  readonly structured: boolean;
  /** Takes keys out of what a provider says. */
  mask(text: string): string;
}

/** The models of a deployment. */
export interface ModelCatalogue {
  /** Of agents that name none. */
  readonly defaultModel: string;
  /**
   * @param owner whose stored secrets may be keys
   * @throws AgentStop `unknown_model`, `model_key_missing`
   */
  find(name: string, owner: string): Promise<AgentModel>;
}
