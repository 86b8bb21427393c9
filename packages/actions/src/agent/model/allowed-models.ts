import { allowsModel } from '@tenuto/engine';
import { stop } from '../failure.ts';
import type { ModelCatalogue } from './agent-model.ts';

/** Names of models that may be used, or how they begin; without a list all may. */
type AllowedModels = readonly string[] | undefined;

/**
 * The same models without those that a policy keeps away, however an agent comes by their names.
 * @param lists what each policy allows
 */
export function allowedModels(
  models: ModelCatalogue,
  lists: Readonly<Record<string, AllowedModels>>,
): ModelCatalogue {
  return {
    defaultModel: models.defaultModel,
    async find(name, owner) {
      for (const [whose, allowed] of Object.entries(lists)) {
        if (allowed === undefined || allowsModel({ allowed_models: [...allowed] }, name)) continue;
        const sentence = `The policy of the ${whose} does not allow the model ${name}: it allows ${allowed.join(', ')}.`;
        throw stop('permanent', 'model_not_allowed', sentence);
      }
      return await models.find(name, owner);
    },
  };
}
