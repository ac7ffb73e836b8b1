import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { DocumentCheck } from '../../support/json-documents.ts';

const CLI = fileURLToPath(new URL('cli.js', import.meta.url));
// Nowhere else are there controllers that are live.
const documents = new DocumentCheck(readFileSync(new URL('../docs/json.md', import.meta.url), 'utf8'));

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end, for fifty seconds at most. */
export function run(program: string, ...args: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(program, args, { timeout: 50_000, killSignal: 'SIGKILL' }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : null;
      resolve({ code, stdout, stderr: stderr || (error?.message ?? '') });
    });
  });
}

export async function mustRun(program: string, ...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await run(program, ...args);
  if (code === 0) return stdout;
  throw new Error(`${[program, ...args].join(' ')}: ${code ?? 'killed'}\n${stderr}${stdout}`);
}

/** The program as it is installed. @param T what the verb's document is */
export async function warmset<T>(...args: readonly string[]): Promise<T> {
  return asDocument(args, await run(process.execPath, CLI, ...args, '--json'));
}

/** The same from within a cgroup. */
export async function warmsetIn<T>(cgroup: string, ...args: readonly string[]): Promise<T> {
  const words = [
    'echo $$ > "$0/cgroup.procs" && exec "$@"',
    cgroup,
    process.execPath,
    CLI,
    ...args,
    '--json',
  ];
  return asDocument(args, await run('sh', '-c', ...words));
}

/** Compared with docs/json.md. A verb that isn't done with everything has a document, too. */
function asDocument<T>(args: readonly string[], { code, stdout, stderr }: Ended): T {
  if (code === null || !stdout.startsWith('{')) {
    throw new Error(`warmset ${args.join(' ')}: ${code ?? 'killed'}\n${stderr}${stdout}`);
  }
  const document: unknown = JSON.parse(stdout);
  documents.check(document as Readonly<Record<string, unknown>>);
  return document as T;
}
