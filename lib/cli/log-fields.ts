/** A value as JSON can have it. */
export type PlainValue =
  | string
  | number
  | boolean
  | null
  | readonly PlainValue[]
  | { readonly [key: string]: PlainValue };

const DEEPEST = 8;

/**
 * Whatever somebody wants to log, as plain data: BigInts as decimal strings, bytes as text, errors with their code and
 * stack. Never throws, whatever the value is; what has no form in JSON is named in square brackets.
 */
export function toPlain(value: unknown): PlainValue {
  return convert(value, []);
}

function convert(value: unknown, within: readonly object[]): PlainValue {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      return Number.isFinite(value) ? value : null;
    case 'bigint':
      return value.toString();
    case 'undefined':
      return null;
    case 'object':
      return value === null ? null : guarded(value, within);
    default:
      return `[${typeof value}]`;
  }
}

/** Getters, proxies and toString may throw; a log line must not. */
function guarded(value: object, within: readonly object[]): PlainValue {
  if (within.includes(value)) return '[circular]';
  if (within.length >= DEEPEST) return '[deep]';
  try {
    return convertObject(value, [...within, value]);
  } catch {
    return '[unreadable]';
  }
}

function convertObject(value: object, within: readonly object[]): PlainValue {
  if (Buffer.isBuffer(value)) return value.toString('utf8');
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (value instanceof Error) return convertError(value, within);
  const list = Array.isArray(value) || value instanceof Set ? [...value] : null;
  if (list !== null) return list.map((entry) => convert(entry, within));
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  return Object.fromEntries(entries.map(([key, entry]) => [String(key), convert(entry, within)]));
}

/** As pino's own serialiser has it, with everything else that the error carries. */
function convertError(error: Error, within: readonly object[]): PlainValue {
  const { name, message, stack, cause } = error;
  const rest = Object.entries(error).filter(([key]) => key !== 'name' && key !== 'cause');
  return {
    type: String(name),
    message: String(message),
    ...Object.fromEntries(rest.map(([key, entry]) => [key, convert(entry, within)])),
    ...(cause === undefined ? {} : { cause: convert(cause, within) }),
    stack: String(stack),
  };
}
