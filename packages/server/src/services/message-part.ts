import { type Json, LIMITS, OrchestrationError } from '@tenuto/contract';

/** @throws OrchestrationError 413 for what is too large to travel in a run's journal */
export function messagePart(value: unknown, path: string): Json {
  const text = JSON.stringify(value ?? null);
  if (Buffer.byteLength(text) > LIMITS.messageBytes) {
    throw new OrchestrationError(
      'payload_too_large',
      `${path} has more than ${LIMITS.messageBytes} bytes; put it somewhere and send where.`,
    );
  }
  const json: Json = JSON.parse(text);
  return json;
}
