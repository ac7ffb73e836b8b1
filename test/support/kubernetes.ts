import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { capability } from './capabilities.ts';
import type { Manifest } from './helm.ts';
import { run } from './run.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Types and validators of Kubernetes and of Prometheus' operator, made from their own OpenAPI documents. */
export const kubernetesTypes = capability('kubernetes-models', () => {
  const missing = ['kubernetes-models', '@kubernetes-models/prometheus-operator'].find(
    (name) => !existsSync(path.join(ROOT, 'node_modules', name)),
  );
  return missing && `the npm package ${missing} is not installed`;
});

interface Model {
  validate(): void;
}

function moduleOf({ apiVersion, kind }: Manifest): string {
  const base = apiVersion.startsWith('monitoring.coreos.com/')
    ? '@kubernetes-models/prometheus-operator'
    : 'kubernetes-models';
  return `${base}/${apiVersion}/${kind}`;
}

/** What is wrong with the values of an object: missing fields, wrong types, texts that are no quantities or names. */
export async function invalidValues(manifest: Manifest): Promise<string | null> {
  const known = (await import(moduleOf(manifest))) as Readonly<Record<string, new (data: object) => Model>>;
  const Kind = known[manifest.kind];
  if (Kind === undefined) return `${manifest.kind} is not known`;
  try {
    new Kind(manifest).validate();
    return null;
  } catch (error) {
    return `${manifest.kind} ${manifest.metadata.name}: ${error instanceof Error ? error.message : error}`;
  }
}

/**
 * What the TypeScript compiler says about objects that are written out as literals of their types: unlike validators, it
 * refuses fields that don't exist, which an API server would drop without a word.
 */
export async function unknownFields(manifests: readonly Manifest[]): Promise<string> {
  const lines = manifests.map((manifest, index) => {
    const type = `import('${moduleOf(manifest)}').I${manifest.kind}`;
    return `export const object${index}: ${type} = ${JSON.stringify(manifest)};`;
  });
  // In the checkout, because there the packages are found.
  const directory = mkdtempSync(path.join(ROOT, 'node_modules', '.warmset-types-'));
  try {
    writeFileSync(path.join(directory, 'manifests.ts'), lines.join('\n'));
    const compilerOptions = { noEmit: true, strict: true, skipLibCheck: true, module: 'nodenext', types: [] };
    const project = path.join(directory, 'tsconfig.json');
    writeFileSync(project, JSON.stringify({ compilerOptions, files: ['manifests.ts'] }));
    const compiler = path.join(ROOT, 'node_modules/typescript/bin/tsc');
    const { code, stdout } = await run(process.execPath, [compiler, '--project', project], {
      timeoutMs: 60_000,
    });
    return code === 0 ? '' : stdout;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
