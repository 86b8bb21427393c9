/** Parts of entries, from JSON that an engine wrote. */
import type { Json, JsonObject } from '@tenuto/contract';

/** Errors are cut: an entry is a message, and the whole stands in the attempt. */
const MESSAGE_CHARS = 2_000;

/** What an entry says of a failure; null when the value is none. */
export function errorIn(value: Json | undefined): JsonObject | null {
  const error = objectIn(value);
  if (error === undefined) return null;
  const { type, message, classification, node_id: nodeId } = error;
  return {
    type: textIn(type) ?? 'unknown',
    message: (textIn(message) ?? '').slice(0, MESSAGE_CHARS).toWellFormed(),
    ...(typeof classification === 'string' && { classification }),
    ...(typeof nodeId === 'string' && { node_id: nodeId }),
  };
}

/** The value if it is an object. */
export function objectIn(value: Json | undefined): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : undefined;
}

/** The value if it is a text. */
export function textIn(value: Json | undefined): string | null {
  return typeof value === 'string' ? value : null;
}
