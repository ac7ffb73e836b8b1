import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');
const LIB = join(ROOT, 'lib');

const LIBRARY = [
  'errors',
  'units',
  'closest',
  'listen-address',
  'percentile',
  'html',
  'server-kind',
  'native',
  'host',
  'targets',
  'residency',
  'budget',
  'guard',
  'probe',
  'fill',
  'snapshot',
  'config',
  'keeper',
  'metrics',
  'doctor',
  'launch',
  'scheduler-switch',
  'experiment',
  'write-atomically',
  'change',
  'storage',
  'rollout',
];

/** Which rooms each room may import from; docs/architecture.md has the reasons. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  errors: [],
  units: ['errors'],
  closest: [],
  'listen-address': ['errors'],
  percentile: [],
  html: [],
  'server-kind': [],
  native: ['errors'],
  host: ['errors', 'native'],
  targets: ['errors', 'units', 'closest', 'server-kind', 'native'],
  budget: ['errors', 'units', 'host'],
  residency: ['errors', 'native', 'host', 'targets'],
  guard: ['errors', 'units', 'percentile'],
  probe: ['errors', 'units', 'percentile', 'server-kind', 'native', 'host', 'targets', 'residency'],
  fill: ['errors', 'units', 'native', 'host', 'targets', 'residency', 'budget', 'guard', 'probe'],
  'write-atomically': ['errors'],
  snapshot: [
    'errors',
    'units',
    'write-atomically',
    'native',
    'host',
    'targets',
    'residency',
    'budget',
    'fill',
  ],
  config: ['errors', 'units', 'closest', 'listen-address'],
  keeper: [
    'errors',
    'units',
    'native',
    'host',
    'targets',
    'residency',
    'budget',
    'guard',
    'probe',
    'fill',
    'snapshot',
    'config',
  ],
  metrics: ['errors', 'units', 'listen-address', 'html', 'guard', 'keeper'],
  // Of launch only what a command line says, which is pure: one list of loaders for both.
  doctor: ['errors', 'units', 'native', 'host', 'targets', 'residency', 'budget', 'fill', 'launch'],
  launch: [
    'errors',
    'units',
    'server-kind',
    'native',
    'host',
    'targets',
    'residency',
    'budget',
    'guard',
    'probe',
    'fill',
  ],
  'scheduler-switch': ['errors', 'host'],
  experiment: [
    'errors',
    'units',
    'percentile',
    'html',
    'native',
    'host',
    'targets',
    'residency',
    'budget',
    'guard',
    'probe',
    'fill',
    'launch',
    'scheduler-switch',
  ],
  change: ['errors', 'native', 'host', 'write-atomically'],
  storage: [
    'errors',
    'units',
    'native',
    'host',
    'targets',
    'residency',
    'budget',
    'guard',
    'probe',
    'fill',
    'write-atomically',
    'change',
    'scheduler-switch',
  ],
  // Of probe the one client of Prometheus' HTTP API, of config how YAML is read with its places.
  rollout: ['errors', 'units', 'closest', 'probe', 'config', 'write-atomically', 'change'],
  index: LIBRARY,
  cli: [...LIBRARY, 'index'],
};

interface Import {
  readonly from: string;
  readonly to: string;
  readonly typeOnly: boolean;
}

function sources(): string[] {
  return readdirSync(LIB, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
}

function importsOf(name: string): Import[] {
  const text = readFileSync(join(LIB, name), 'utf8');
  const pattern = /^(?:import|export)\s+(type\s+)?(?:[^']*?\sfrom\s+)?'(\.[^']+)';|import\('(\.[^']+)'\)/gm;
  return [...text.matchAll(pattern)].map((match) => {
    const target = join(dirname(join(LIB, name)), match[2] ?? match[3] ?? '');
    return { from: name, to: relative(LIB, target), typeOnly: match[1] !== undefined };
  });
}

function roomOf(name: string): string {
  return (name.split('/')[0] ?? '').replace(/\.ts$/, '');
}

const IMPORTS = sources().flatMap(importsOf);

test('the sources are found, and their imports', () => {
  expect(sources().length).toBeGreaterThan(50);
  expect(IMPORTS.length).toBeGreaterThan(100);
});

test('every room is listed', () => {
  expect([...new Set(sources().map(roomOf))].sort()).toEqual(Object.keys(MAY_IMPORT).sort());
});

test('imports follow the arrows', () => {
  const wrong = IMPORTS.filter(({ from, to }) => {
    const [room, other] = [roomOf(from), roomOf(to)];
    return room !== other && !MAY_IMPORT[room]?.includes(other);
  });
  expect(wrong).toEqual([]);
});

test('of launch the doctor knows what command lines say, and nothing that starts anything', () => {
  const wrong = IMPORTS.filter(
    ({ from, to }) => roomOf(from) === 'doctor' && /^launch\/(?!recognise\/|types\.ts$)/.test(to),
  );
  expect(wrong).toEqual([]);
});

test('what a command line says is read without a file, a clock or another room of ours', () => {
  const wrong = IMPORTS.filter(
    ({ from, to, typeOnly }) =>
      from.startsWith('launch/recognise/') && !to.startsWith('launch/') && !typeOnly,
  );
  expect(wrong).toEqual([]);
});

test('budget takes readings as arguments: of the host it knows types only', () => {
  const wrong = IMPORTS.filter(
    ({ from, to, typeOnly }) => roomOf(from) === 'budget' && roomOf(to) === 'host' && !typeOnly,
  );
  expect(wrong).toEqual([]);
});

test('metrics know what a keeper tells, and nothing else of it', () => {
  const wrong = IMPORTS.filter(
    ({ from, to, typeOnly }) => roomOf(from) === 'metrics' && /^(keeper|guard)\//.test(to) && !typeOnly,
  );
  expect(wrong).toEqual([]);
});

test('metrics answer from memory: only the file of a Unix socket is touched', () => {
  const touching = sources().filter(
    (name) =>
      roomOf(name) === 'metrics' && /'node:(fs|child_process)/.test(readFileSync(join(LIB, name), 'utf8')),
  );
  expect(touching).toEqual(['metrics/http/listen.ts']);
});

test('pure parts know no clock, no file, no process', () => {
  const pure = sources().filter((name) =>
    /^(budget\/|guard\/|units|closest|percentile|html|config\/(?!load\.ts)|doctor\/checks\/|targets\/order\/)|judge\.ts$|^residency\/runs\.ts$|^fill\/(plan|extents|selection|exact-parts|loss|lock-limits)\.ts$|^probe\/(places|random|summary|histogram|ttft\/(address|body|excerpt|exposition|exchange|histogram-quantile|settings|summarise|token-stream)|host\/(cpu|intervals|evidence|judge-cold-start))\.ts$|^keeper\/hit-estimate\.ts$|^launch\/(recognise|advise)\/|^rollout\/(types|statistics\/|series\/|gates\/|file\/(?!read)|prometheus\/selector)|^experiment\/(statistics|report\/(?!write\.ts)|design|analyse|verdict|compare-machine|machine-facts)/.test(
      name,
    ),
  );
  expect(pure.length).toBeGreaterThan(5);
  const impure = /node:(fs|child_process|os|process|timers|perf_hooks)|\bDate\b|performance\.now|\bprocess\./;
  expect(pure.filter((name) => impure.test(readFileSync(join(LIB, name), 'utf8')))).toEqual([]);
});

test('only lib/native sees the addon itself', () => {
  const wrong = sources().filter(
    (name) =>
      roomOf(name) !== 'native' && /from 'bindings'|\.node'/.test(readFileSync(join(LIB, name), 'utf8')),
  );
  expect(wrong).toEqual([]);
});

test('only the CLI prints, reads argv or sets exit codes', () => {
  const wrong = sources().filter(
    (name) =>
      roomOf(name) !== 'cli' &&
      /process\.(argv|exit|stdout|stderr|stdin)|\bconsole\./.test(readFileSync(join(LIB, name), 'utf8')),
  );
  expect(wrong).toEqual([]);
});
