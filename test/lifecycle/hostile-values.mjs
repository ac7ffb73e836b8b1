// What a caller can hand to the addon, by name, so that a failing case can be printed: made afresh for each
// call, because some of them change while they are read.

/** Thrown by values that throw when they are looked at: the addon must pass it on as it is. */
export class Hostile extends Error {}

function boom() {
  throw new Hostile('looked at');
}

const EVERY_TRAP = Object.fromEntries(Object.getOwnPropertyNames(Reflect).map((trap) => [trap, boom]));

function detached(view) {
  structuredClone(view.buffer, { transfer: [view.buffer] });
  return view;
}

function revoked() {
  const { proxy, revoke } = Proxy.revocable([], {});
  revoke();
  return proxy;
}

function withGetter(target, key, get) {
  return Object.defineProperty(target, key, { get, enumerable: true, configurable: true });
}

function shrinking(length) {
  const array = new Array(length).fill('/nowhere');
  return withGetter(array, 0, () => {
    array.length = 1;
    return '/nowhere';
  });
}

/** Reading `path` takes the numbers away from under `extents`, whichever is read first. */
function detachingEntry() {
  const extents = new Float64Array(300_000).fill(4096);
  const entry = { dev: 1n, ino: 1n };
  const take = (value) => () => {
    if (extents.buffer.byteLength > 0) detached(extents);
    return value;
  };
  withGetter(entry, 'extents', () => extents);
  withGetter(entry, 'path', take('/nowhere'));
  return entry;
}

/** No small positive integers: one of them may be somebody's thread or our own descriptor. */
export const HOSTILE = {
  undefined: () => undefined,
  null: () => null,
  true: () => true,
  NaN: () => Number.NaN,
  Infinity: () => Number.POSITIVE_INFINITY,
  '-Infinity': () => Number.NEGATIVE_INFINITY,
  '-1': () => -1,
  '-0': () => -0,
  0.5: () => 0.5,
  '2^31': () => 2 ** 31,
  '2^31 - 1': () => 2 ** 31 - 1,
  '2^53': () => 2 ** 53,
  '2^53 + 2': () => 2 ** 53 + 2,
  '1e300': () => 1e300,
  '5e-324': () => 5e-324,
  '0n': () => 0n,
  '-1n': () => -1n,
  '2n ** 64n': () => 2n ** 64n,
  '2n ** 1000n': () => 2n ** 1000n,
  symbol: () => Symbol('hostile'),
  "''": () => '',
  "'\\0'": () => '/nowhere\0else',
  'lone surrogate': () => '\ud800/nowhere',
  'long string': () => 'x'.repeat(1 << 20),
  function: () => () => {},
  class: () => class {},
  '{}': () => ({}),
  'object without prototype': () => Object.create(null),
  'boxed number': () => Object(1),
  date: () => new Date(0),
  'throwing toString': () => ({ toString: boom, valueOf: boom, [Symbol.toPrimitive]: boom }),
  'throwing proxy': () => new Proxy({}, EVERY_TRAP),
  'throwing proxy of an array': () => new Proxy([], EVERY_TRAP),
  'throwing function': () => new Proxy(() => {}, EVERY_TRAP),
  'revoked proxy': revoked,
  '[]': () => [],
  'array with holes': () => new Array(3),
  'array of nothing, 2^32 - 1 long': () => new Array(2 ** 32 - 1),
  'array of hostile things': () => [Symbol('in'), null, Number.NaN, boom],
  'array with a throwing element': () => withGetter(['/nowhere'], 0, boom),
  'array that shrinks': () => shrinking(1000),
  'array in an array': () => [[['/nowhere']]],
  'array of detaching entries': () => [detachingEntry(), detachingEntry()],
  'array of empty objects': () => [{}, {}],
  'priority out of range': () => [9, 9, 99],
  'priority with holes': () => Object.assign(new Array(3), { 1: 7, 2: 0 }),
  'buffer with a zero': () => Buffer.from('a\0b'),
  'empty buffer': () => Buffer.alloc(0),
  'detached buffer': () => detached(new Uint8Array(64)),
  'data view': () => new DataView(new ArrayBuffer(8)),
  'array buffer': () => new ArrayBuffer(8),
  'Float64Array of NaN': () => new Float64Array(6).fill(Number.NaN),
  'Float64Array of -1': () => new Float64Array(6).fill(-1),
  'Float64Array of 1e300': () => new Float64Array(6).fill(1e300),
  'Float64Array of 2^53': () => new Float64Array(6).fill(2 ** 53),
  'Float64Array of 7': () => new Float64Array(7),
  'empty Float64Array': () => new Float64Array(0),
  'detached Float64Array': () => detached(new Float64Array(6)),
  'shared Float64Array': () => new Float64Array(new SharedArrayBuffer(48)),
  'shrunk Float64Array': () => {
    const buffer = new ArrayBuffer(48, { maxByteLength: 96 });
    const view = new Float64Array(buffer, 0, 6);
    buffer.resize(8);
    return view;
  },
  BigInt64Array: () => new BigInt64Array(6),
  promise: () => Promise.resolve(1),
  globalThis: () => globalThis,
};
