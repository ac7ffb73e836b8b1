import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { everyVerb } from '../../lib/cli/verbs.ts';
import { cliProgram } from '../support/cli.ts';

/** What a module loads before its first line runs, through all of the program's own files. */
function loadedAtOnce(file: string, seen = new Set<string>()): Set<string> {
  for (const [, name = ''] of readFileSync(file, 'utf8').matchAll(
    /^(?:import|export)\b[^;"]*"([^"]+)";$/gm,
  )) {
    const own = name.startsWith('./') ? path.join(path.dirname(file), name) : undefined;
    const key = own ?? name;
    if (seen.has(key)) continue;
    seen.add(key);
    if (own !== undefined && existsSync(own)) loadedAtOnce(own, seen);
  }
  return seen;
}

it('the program starts without the parser, the library and the addon', async () => {
  const program = await cliProgram();
  const loaded = [...loadedAtOnce(program)].filter((name) => !name.startsWith('/'));
  expect(loaded.length).toBeGreaterThan(0);
  // Node's own modules are there already.
  expect(loaded.filter((name) => !/^(node:)?(os|util|stream|module)$/.test(name))).toEqual([]);
});

/** They read configurations, plans of a rollout, or journals of changes. */
const READERS = [/^keep$/, /^(config|nvmeof|rollout) /, /^storage (overlay|bind|recover|mirror|scheduler)$/];

it('no verb loads what reads YAML and checks it but those that do', async () => {
  const directory = path.dirname(await cliProgram());
  const parsers = everyVerb().filter(({ words }) => {
    const name = words.join('-');
    const chunk = readdirSync(directory).find((file) => new RegExp(`^${name}-\\w+\\.js$`).test(file));
    if (chunk === undefined) throw new Error(`${name} has no file of its own`);
    const loaded = loadedAtOnce(path.join(directory, chunk));
    return loaded.has('zod') || loaded.has('yaml');
  });
  const names = parsers.map(({ words }) => words.join(' '));
  expect(names.filter((name) => !READERS.some((reader) => reader.test(name)))).toEqual([]);
  expect(names).toContain('keep');
});
