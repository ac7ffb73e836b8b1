import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { recogniseServer } from '../../../../lib/launch/recognise/index.ts';
import { modelsOf, recognised } from './lines.ts';

const PAGE = readFileSync(
  join(import.meta.dirname, '..', '..', '..', '..', 'docs', 'launch-recognised.md'),
  'utf8',
);

/** The cells of a section's table, without its head. */
function rows(section: string): readonly (readonly string[])[] {
  const [, text = ''] = PAGE.split(`## ${section}\n`);
  const [own = ''] = text.split('\n## ');
  const lines = own.split('\n').filter((line) => line.startsWith('|'));
  return lines.slice(2).map((line) =>
    line
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

const quoted = (cell = ''): readonly string[] =>
  [...cell.matchAll(/`([^`]+)`/g)].map(([, text = '']) => text);

test('every server is on the page, with its start, its port and where it is ready', () => {
  const servers = rows('Servers');
  expect(servers).toHaveLength(6);
  for (const [, starts, , address, ready] of servers) {
    for (const start of quoted(starts)) {
      const server = recognised(start);
      expect(server.healthPaths[0]).toBe(quoted(ready)[0]);
      const [, port = ''] = /\((\d+)/.exec(address ?? '') ?? [];
      expect(server.address?.port).toBe(Number(port));
    }
  }
});

test('every option of the page that names a model does so', () => {
  for (const [, starts, options] of rows('Servers')) {
    const [start = ''] = quoted(starts);
    const naming = quoted(options).filter(
      (option) => /^-/.test(option) && !/revision|config|-dir$|hf-file|no-mmproj|spec-type/.test(option),
    );
    for (const option of naming) {
      const plain = /url$/.test(option) ? 'https://h/x.gguf' : 'a/b';
      const value = /lora-(modules|paths)/.test(option) ? 'x=a/b' : plain;
      const models = modelsOf(`${start} ${option} ${value}`);
      expect(models, `${start} ${option}`).not.toEqual([]);
    }
  }
});

test.each(rows('Names of models').map(([line, warmed]) => [quoted(line)[0] ?? '', warmed ?? ''] as const))(
  '%s: %s',
  (line, warmed) => {
    const [target] = quoted(warmed);
    const models = recognised(line).models;
    if (warmed.startsWith('nothing')) expect(models).toEqual([]);
    else expect(models[0]?.target).toBe(target);
  },
);

test('every launcher of the page is taken away', () => {
  // What stands between a launcher and the command.
  const own: Readonly<Record<string, string>> = {
    chrt: '0',
    taskset: '1',
    timeout: '9',
    gosu: 'app',
    'su-exec': 'app',
    's6-setuidgid': 'app',
    'ray symmetric-run': '--',
  };
  const cells = rows('Around the server').filter(([name]) => name !== 'shells');
  const launchers = cells.flatMap(([, names]) => quoted(names)).filter((name) => name !== 'python -m');
  expect(launchers.length).toBeGreaterThan(30);
  for (const launcher of launchers) {
    const line = `${launcher} ${own[launcher] ?? ''} vllm serve a/b`;
    const server = recogniseServer(
      line.split(' ').filter((word) => word !== ''),
      {},
    );
    expect(server?.models[0]?.target, launcher).toBe('hf:a/b');
  }
});
