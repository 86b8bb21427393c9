/**
 * CloudEvents 1.0 as they come in: attributes and data, checked by the rules of the specification.
 * What is said to be null is not there. Extensions are texts, whole numbers or truth values; in the
 * texts of extensions lines may break, in the others no control character is allowed.
 */
import {
  type Json,
  type JsonObject,
  LIMITS,
  parseTime,
  type ValidationError,
} from '@tenuto/contract';

/** An event that follows the specification. */
export interface CloudEvent {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  /** All attributes, the three and `specversion` included. */
  readonly attributes: JsonObject;
  /** Null when there is none. */
  readonly data: Json;
  readonly bytes?: Uint8Array;
}

export type CloudEventResult = CloudEvent | { readonly problems: readonly ValidationError[] };

const NAME = /^[a-z0-9]+$/;
/** The longest name that is taken; the specification advises 20. */
const NAME_CHARS = 64;
const TEXT_CHARS = 4_096;
const INT_MAX = 2 ** 31;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const CONTROL = /\p{Cc}/u;
const CONTROL_IN_LINES = /(?![\t\n\r])\p{Cc}/u;
/** Characters that no URI reference has, and percent signs that begin no octet. */
const NO_URI = /[^!#-;=?-[\]_a-z~]|%(?![0-9A-Fa-f]{2})|#.*#/;
/** A reference without a scheme has no colon before its first slash. */
const NO_SCHEME = /^(?![A-Za-z][A-Za-z0-9+.-]*:)[^/?#]*:/;
const ABSOLUTE = /^[A-Za-z][A-Za-z0-9+.-]*:./;
const MEDIA_TYPE = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+\/[!#$%&'*+.^_`|~0-9A-Za-z-]+\s*(;\P{Cc}*)?$/u;
const DATA = new Set(['data', 'data_base64']);

/** Reads an event in the JSON format. */
export function readCloudEvent(value: Json): CloudEventResult {
  if (!isObject(value)) return { problems: [{ path: '', message: 'must be an object' }] };
  const said = Object.entries(value).filter(([, item]) => item !== null);
  const attributes = said.filter(([name]) => !DATA.has(name));
  const problems = attributeProblems(new Map(attributes));
  const base64 = value.data_base64 ?? null;
  // `data: null` says that the data is null, which is no better than none.
  if (base64 !== null && 'data' in value) {
    problems.push({ path: '/data_base64', message: 'excludes data' });
  } else if (base64 !== null && (typeof base64 !== 'string' || !BASE64.test(base64))) {
    problems.push({ path: '/data_base64', message: 'must be base64' });
  }
  if (problems.length > 0) return { problems };
  const event = eventOf(attributes, value.data ?? null);
  return typeof base64 === 'string' ? withBytes(event, Buffer.from(base64, 'base64')) : event;
}

function isObject(value: Json): value is JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** Makes an event of attributes that came as texts, as in headers, and of the bytes beside them. */
export function binaryCloudEvent(
  attributes: ReadonlyMap<string, string>,
  data: { readonly value: Json } | { readonly bytes: Uint8Array },
): CloudEventResult {
  const problems = attributeProblems(attributes);
  for (const name of DATA) {
    if (attributes.has(name)) problems.push({ path: `/${name}`, message: 'is no attribute' });
  }
  if (problems.length > 0) return { problems };
  return 'value' in data
    ? eventOf([...attributes], data.value)
    : withBytes(eventOf([...attributes], null), data.bytes);
}

function eventOf(attributes: readonly (readonly [string, Json])[], data: Json): CloudEvent {
  const all: JsonObject = Object.fromEntries(attributes);
  const { id, source, type } = all;
  return { id: String(id), source: String(source), type: String(type), attributes: all, data };
}

function withBytes(event: CloudEvent, bytes: Uint8Array): CloudEvent {
  return { ...event, bytes };
}

function attributeProblems(attributes: ReadonlyMap<string, Json>): ValidationError[] {
  const problems: ValidationError[] = [];
  for (const name of ['specversion', 'id', 'source', 'type']) {
    if (!attributes.has(name)) problems.push({ path: `/${name}`, message: 'is required' });
  }
  if (attributes.size > LIMITS.cloudEventAttributes) {
    const message = `has more than ${LIMITS.cloudEventAttributes} attributes`;
    problems.push({ path: '', message });
    return problems;
  }
  for (const [name, value] of attributes) {
    const message = nameProblem(name) ?? CORE.get(name)?.(value) ?? extensionProblem(name, value);
    if (message !== undefined) problems.push({ path: `/${name.slice(0, NAME_CHARS)}`, message });
  }
  return problems;
}

function nameProblem(name: string): string | undefined {
  if (name.length <= NAME_CHARS && NAME.test(name)) return undefined;
  return 'is no name of an attribute: lower-case letters and digits only';
}

type Rule = (value: Json) => string | undefined;

const text: Rule = (value) => {
  if (typeof value !== 'string' || value === '') return 'must be a text that is not empty';
  if (value.length > TEXT_CHARS) return `must have at most ${TEXT_CHARS} characters`;
  return unfit(value, CONTROL);
};
const uri = (wanted: string, fits: (value: string) => boolean): Rule => {
  return (value) => text(value) ?? (fits(String(value)) ? undefined : `must be ${wanted}`);
};

const CORE: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ['specversion', (value) => (value === '1.0' ? undefined : 'must be "1.0"')],
  ['id', text],
  ['type', text],
  ['subject', text],
  ['source', uri('a URI reference', (value) => !NO_URI.test(value) && !NO_SCHEME.test(value))],
  ['dataschema', uri('an absolute URI', (value) => ABSOLUTE.test(value) && !NO_URI.test(value))],
  ['datacontenttype', uri('a media type', (value) => MEDIA_TYPE.test(value))],
  ['time', uri('a time by RFC 3339', isTime)],
]);

/** A leap second is a time, too. */
function isTime(value: string): boolean {
  return /[Tt]/.test(value) && parseTime(value.replace(/:60(?=[.Zz+-])/, ':59')) !== undefined;
}

function extensionProblem(name: string, value: Json): string | undefined {
  if (CORE.has(name)) return undefined;
  if (typeof value === 'boolean') return undefined;
  if (typeof value === 'number') {
    const fits = Number.isInteger(value) && value >= -INT_MAX && value < INT_MAX;
    return fits ? undefined : 'must be a whole number of 32 bits';
  }
  if (typeof value !== 'string') return 'must be a text, a whole number or a truth value';
  if (value.length > TEXT_CHARS) return `must have at most ${TEXT_CHARS} characters`;
  return unfit(value, CONTROL_IN_LINES);
}

function unfit(value: string, control: RegExp): string | undefined {
  if (control.test(value)) return 'holds a control character';
  if (!value.isWellFormed()) return 'holds half of a surrogate pair';
  for (const character of value) {
    const point = character.codePointAt(0) ?? 0;
    const none = (point & 0xfffe) === 0xfffe || (point >= 0xfdd0 && point <= 0xfdef);
    if (none) return 'holds a code point that is no character';
  }
  return undefined;
}
