import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { cgroupV1Memory, itWith, root, tmpfsMount } from '../support/capabilities.ts';
import { owned } from '../support/owned.ts';
import { run } from '../support/run.ts';
import { temporaryDirectory } from '../support/temp.ts';

describe('what a test leaves', () => {
  const disposed: string[] = [];

  it('belongs to the test that made it', () => {
    owned({
      [Symbol.asyncDispose]: async () => {
        disposed.push('resource');
      },
    });
    expect(disposed).toEqual([]);
  });

  it('went when that test was over', () => {
    expect(disposed).toEqual(['resource']);
  });

  /** The support files as JavaScript, so that a bare Node process can end in the middle of using them. */
  async function supportFor(directory: string): Promise<void> {
    await writeFile(path.join(directory, 'package.json'), '{ "type": "module" }');
    const sources = fileURLToPath(new URL('../support/', import.meta.url));
    for (const name of (await readdir(sources)).filter((entry) => entry.endsWith('.ts'))) {
      const { outputText } = ts.transpileModule(await readFile(path.join(sources, name), 'utf8'), {
        compilerOptions: {
          target: ts.ScriptTarget.ES2022,
          module: ts.ModuleKind.ESNext,
          rewriteRelativeImportExtensions: true,
          verbatimModuleSyntax: true,
        },
      });
      await writeFile(path.join(directory, name.replace(/\.ts$/, '.js')), outputText);
    }
  }

  for (const ending of ['process.exit(0)', "process.kill(process.pid, 'SIGTERM')", 'nowhere.nothing()']) {
    itWith([root, tmpfsMount, cgroupV1Memory], `goes when the process ends by ${ending}`, async () => {
      await using directory = await temporaryDirectory();
      await supportFor(directory.path);
      const script = directory.file('script.js');
      await writeFile(
        script,
        `import { memoryCgroup } from './cgroup.js';
        import { mountTmpfs } from './mounts.js';
        import { start } from './run.js';
        const mount = await mountTmpfs();
        const cgroup = await memoryCgroup(64 << 20);
        const child = start('sleep', ['60']);
        console.log(JSON.stringify([mount.path, cgroup.path, '/proc/' + child.pid]));
        ${ending};
        setInterval(() => {}, 1000);`,
      );
      const result = await run(process.execPath, [script], { timeoutMs: 10_000 });
      const made: unknown = JSON.parse(result.stdout);
      expect(made).toHaveLength(3);
      expect(result.timedOut).toBe(false);
      if (ending.includes('SIGTERM')) expect(result.signal).toBe('SIGTERM');
      for (const left of Array.isArray(made) ? made : []) {
        await expect.poll(() => existsSync(String(left)), { timeout: 2_000 }).toBe(false);
      }
    });
  }
});
