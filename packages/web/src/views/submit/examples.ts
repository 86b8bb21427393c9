import approval from '../../../../../examples/approval.yaml?raw';
import condition from '../../../../../examples/condition.yaml?raw';
import fanOut from '../../../../../examples/fan-out.yaml?raw';
import hello from '../../../../../examples/hello.yaml?raw';
import http from '../../../../../examples/http.yaml?raw';
import retry from '../../../../../examples/retry.yaml?raw';
import saga from '../../../../../examples/saga.yaml?raw';

/** The examples of the repository that need nothing but a server, by their names. */
export const EXAMPLES = {
  ...{ hello, 'fan-out': fanOut, condition, retry, saga, approval, http },
} as const;

export type ExampleName = keyof typeof EXAMPLES;

export function exampleNamed(name: string | undefined): ExampleName | undefined {
  return EXAMPLE_NAMES.find((one) => one === name);
}

export const EXAMPLE_NAMES: readonly ExampleName[] = [
  ...(['hello', 'fan-out', 'condition', 'retry', 'saga', 'approval', 'http'] as const),
];
