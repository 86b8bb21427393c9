import type { Template } from '@tenuto/contract';
import { writeText } from './document.ts';

/**
 * A stored template as people write it: without what the server has put beside it.
 * @param name of a copy
 */
export function writtenTemplate(template: Template, name: string = template.name): string {
  const { description, params_schema: schema, job, dag_definition: dag } = template;
  return writeText({
    name,
    ...(description !== null && { description }),
    ...(schema !== null && { params_schema: schema }),
    ...(Object.keys(job).length > 0 && { job }),
    dag_definition: dag,
  });
}
