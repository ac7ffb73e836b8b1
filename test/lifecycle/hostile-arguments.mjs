// node hostile-arguments.mjs ADDON DIRECTORY RUNS FUNCTION...
// Calls functions of the addon with arguments that are right but for some. Run as a process of its own,
// because what it looks for ends the process. DIRECTORY/case then holds the call that did.
import { closeSync, openSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { types } from 'node:util';
import fc from 'fast-check';
import { HOSTILE, Hostile } from './hostile-values.mjs';

const [binary, directory, runs, ...names] = process.argv.slice(2);
const addon = createRequire(import.meta.url)(binary);
const file = path.join(directory, 'file');
const mapping = await addon.openMapping(file, 0, 0, null, null);

const job = () => [[3, 0, 19], addon.createCancelToken()];
const files = (group) => ({
  paths: [file, file],
  identities: BigUint64Array.of(1n, 1n, 1n, 1n),
  counts: Uint32Array.of(1, 1),
  extents: new Float64Array(group * 2).fill(4096),
});
const survey = () => ({
  source: 'cachestat',
  window: 4096,
  mostWindows: 4,
  samples: 2,
  compareEvery: 1,
  trustEmpty: false,
});
const fill = () => ({
  engine: 'read',
  window: 4096,
  stretch: 8192,
  streams: 2,
  small: 4096,
  touch: true,
  limiters: [addon.createRateLimiter(2 ** 40, 25)],
});
const identity = statSync(file, { bigint: true });
const known = () => ({ path: file, dev: identity.dev, ino: identity.ino });
const copyPath = path.join(directory, 'copy');
closeSync(openSync(copyPath, 'a'));
const copiedAs = statSync(copyPath, { bigint: true });
const copied = () => ({ path: copyPath, dev: copiedAs.dev, ino: copiedAs.ino });
// Onto itself, so that the next call finds it again.
const publication = () => ({
  ...{ at: copyPath, size: 4096, modifiedNs: 1n, mode: 0o600, uid: 0, gid: 0, keep: false },
});
const probePlaces = () => new Float64Array([0, 4096, 1, 0]);
const reads = () => ({ block: 4096, spacingUs: 0, limitUs: 0, from: 'direct' });
const lockPath = path.join(directory, 'lock');
const lock = await addon.lockFile(path.join(directory, 'another lock'), 'me', false, null, null);
const opening = () => ({ ...known(), offset: 0, length: 0, places: new Float64Array([0, 5000]) });

/** For each function arguments that are right. */
const RIGHT = {
  features: () => [],
  createCancelToken: () => [],
  cancel: () => [addon.createCancelToken()],
  getIoPriority: () => [0],
  setIoPriority: () => [0, 2, 7],
  getNice: () => [0],
  setNice: () => [0, 19],
  createRateLimiter: () => [2 ** 30, 400],
  setRate: () => [addon.createRateLimiter(1, 25), 2 ** 30],
  setPaused: () => [addon.createRateLimiter(1, 25), true],
  mincore: () => [file, 0, 0, ...job()],
  cachestat: () => [file, 0, 0, ...job()],
  statfsMagic: () => [file, ...job()],
  fadvise: () => [file, 0, 0, 'willneed', ...job()],
  readahead: () => [file, 0, 4096, ...job()],
  evict: () => [file, 0, 0, true, ...job()],
  openMapping: () => [file, 0, 0, ...job()],
  survey: () => [[file, directory], survey(), ...job()],
  sampleFolios: () => [[file, directory], 4, ...job()],
  countBytes: () => [files(2), 'mincore', ...job()],
  startFill: () => [files(3), fill(), ...job()],
  listDirectory: () => [directory, ...job()],
  lookUp: () => [file, ...job()],
  timeReading: () => [file, ...job()],
  readRange: () => [file, 0, 4096, ...job()],
  readTexts: () => [[file, directory], ...job()],
  probeReads: () => [[known(), known()], probePlaces(), reads(), ...job()],
  probeOpen: () => [opening(), ...job()],
  lookAtFilesystem: () => [directory, ...job()],
  takeInventory: () => [directory, 1, ...job()],
  readQuietly: () => [known(), 0, 4096, addon.createRateLimiter(2 ** 40, 25), ...job()],
  lookAtEntry: () => [file, ...job()],
  openPartial: () => [path.join(directory, 'partial'), ...job()],
  copyPiece: () => [known(), copied(), 0, 4096, addon.createRateLimiter(2 ** 40, 25), ...job()],
  settleWindow: () => [copied(), 0, 4096, true, ...job()],
  cloneFile: () => [known(), copied(), ...job()],
  publishFile: () => [copied(), publication(), ...job()],
  waitForDrain: () => [addon.createRateLimiter(0, 25), file, 1, 1, ...job()],
  probeStretch: () => [{ ...known(), offset: 0, length: 4096 }, ...job()],
  lockFile: () => [lockPath, 'me', false, ...job()],
  unlockFile: () => [lock, ...job()],
  notify: () => [path.join(directory, 'no socket'), 'READY=1'],
  // Programs that can't be started: one that could would be the end of this one.
  replaceProcess: () => [path.join(directory, 'missing'), Buffer.from('a\0b\0'), Buffer.from('A=b\0')],
  handOver: () => [
    path.join(directory, 'missing'),
    Buffer.from('a\0'),
    Buffer.from('A=b\0'),
    Uint32Array.of(12),
    Uint32Array.of(),
  ],
  signalDescriptor: () => [Uint32Array.of(12)],
  holdBytes: () => [Buffer.from('some')],
  startOrphan: () => [path.join(directory, 'missing'), Buffer.from('a\0'), Buffer.from(''), true],
  reapChild: () => [2 ** 22],
  createPipe: () => [],
  watchSignals: () => [Uint32Array.of(12)],
  unwatchSignals: () => [],
  'Mapping.populate': () => [0, 4096, ...job()],
  'Mapping.advise': () => [0, 4096, 'random', ...job()],
  'Mapping.mincore': () => [0, 4096, ...job()],
  'Mapping.lock': () => [0, 4096, true, ...job()],
  'Mapping.unlock': () => [0, 4096, ...job()],
  'Mapping.close': () => job(),
  'Mapping.length': () => [],
  'Mapping.constructor': () => [],
};

function target(name) {
  const [owner, method] = name.split('.');
  if (method === undefined) return { call: addon[name], self: () => addon };
  const prototype = Object.getPrototypeOf(mapping);
  const descriptor = Object.getOwnPropertyDescriptor(prototype, method);
  if (owner !== 'Mapping' || descriptor === undefined) throw new Error(`no ${name}`);
  const call =
    method === 'constructor'
      ? (...args) => Reflect.construct(mapping.constructor, args)
      : (descriptor.get ?? descriptor.value);
  return { call, self: () => mapping };
}

/** Where a hostile value can stand: for an argument, or for something inside of one. */
function places(args) {
  const found = args.map((_, at) => [args, at]);
  for (const argument of args) {
    for (const object of Array.isArray(argument) ? [argument, ...argument] : [argument]) {
      if (typeof object !== 'object' || object === null || ArrayBuffer.isView(object)) continue;
      for (const key of Object.keys(object)) found.push([object, key]);
    }
  }
  return found.length > 0 ? found : [[args, 0]];
}

function judge(name, error) {
  if (error instanceof Hostile) return;
  if (error instanceof TypeError && error.code === 'ERR_INVALID_ARG_TYPE') return;
  if (error instanceof RangeError && error.code === 'ERR_OUT_OF_RANGE') return;
  // V8's own, about a wrong `this`, a proxy that has been revoked, or a class that was called.
  const own = /Illegal invocation|has been revoked|Class constructors cannot be invoked|Invalid argument/;
  if (error instanceof Error && own.test(error.message)) return;
  throw new Error(`${name} threw something else`, { cause: error });
}

async function settle(answer) {
  const promise = answer instanceof Promise ? answer : answer?.promise;
  if (!(promise instanceof Promise)) return;
  const value = await promise.catch((failure) => {
    if (!Number.isInteger(failure.errno) || typeof failure.syscall !== 'string') throw failure;
  });
  // One that came of good luck is given back at once.
  if (value?.close !== undefined) await value.close(null, null);
  // A lock: the next call may be one that waits for it.
  if (types.isExternal(value)) await addon.unlockFile(value, null, null);
}

/** Descriptors that are the caller's. */
function giveBack(name, answer) {
  if (name === 'createPipe') for (const fd of answer) closeSync(fd);
  if (!['watchSignals', 'signalDescriptor', 'holdBytes'].includes(name) || typeof answer !== 'number') return;
  closeSync(answer);
  if (name === 'watchSignals') addon.unwatchSignals();
}

const words = fc.constantFrom(...Object.keys(HOSTILE));
const spoiled = fc.array(fc.tuple(fc.nat(63), words), { maxLength: 3 });
const wrongThis = fc.option(words, { freq: 8 });

async function attack(name) {
  const { call, self } = target(name);
  const property = fc.asyncProperty(spoiled, wrongThis, async (changes, other) => {
    writeFileSync(path.join(directory, 'case'), JSON.stringify({ name, changes, this: other }));
    const args = RIGHT[name]();
    const open = places(args);
    for (const [where, word] of changes) {
      const [object, key] = open[where % open.length];
      object[key] = HOSTILE[word]();
    }
    let answer;
    try {
      answer = call.apply(other === null ? self() : HOSTILE[other](), args);
    } catch (error) {
      return judge(name, error);
    }
    await settle(answer);
    giveBack(name, answer);
  });
  await fc.assert(property, { numRuns: Number(runs), seed: 20_190_105, endOnFailure: true });
}

/** Descriptors of the process, less the one that counting takes. */
const descriptors = () => readdirSync('/proc/self/fd').length - 1;

for (const name of names) {
  const { call, self } = target(name);
  const answer = call.apply(self(), RIGHT[name]());
  await settle(answer);
  giveBack(name, answer);
  const before = descriptors();
  await attack(name);
  if (descriptors() > before) throw new Error(`${name} left ${descriptors() - before} descriptors open`);
}
process.stdout.write(JSON.stringify(Object.keys(addon)));
