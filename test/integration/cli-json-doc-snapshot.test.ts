import { execFileSync } from 'node:child_process';
import { statSync, truncateSync, utimesSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { cc, describeWith, itWith, nobody, root } from '../support/capabilities.ts';
import { cli, json } from '../support/cli.ts';
import { DOCUMENT_GROUPS } from '../support/document-groups.ts';
import { documents } from '../support/documents.ts';
import { halfWarmModel, type ModelDirectory } from '../support/model-directory.ts';
import { NOBODY } from '../support/run.ts';
import { temporaryDirectory } from '../support/temp.ts';

describeWith([cc, root], 'docs/json.md describes snapshots', () => {
  let model: ModelDirectory;
  beforeAll(async () => {
    model = await halfWarmModel();
    execFileSync('bash', ['--norc', '-c', `printf x > "$1"/$'\\xff'`, 'bash', model.path]);
  });
  afterAll(() => model[Symbol.asyncDispose]());

  it('describes what a snapshot has, and what became of it', async () => {
    const [file, later] = [model.directory.file('set.snap'), model.directory.file('later.snap')];
    const [config = '', , shard = '', last = ''] = model.files;
    const odd = ['save', file, model.path, model.directory.file('missing')];
    json(await cli(['snapshot', ...odd.slice(0, 1), '--json', ...odd.slice(1)]));
    for (const words of [
      ['restore', '--dry-run', file],
      ['restore', file],
      ['diff', file],
    ]) {
      json(await cli(['snapshot', ...words, '--json']));
    }
    const stamps = [config, shard, last].map((path) => [path, statSync(path)] as const);
    truncateSync(last, 5);
    await cli(['evict', model.path]);
    json(await cli(['snapshot', 'restore', '--json', '--max-bytes', '64KiB', file]));
    json(await cli(['snapshot', 'save', '--json', later, config]));
    json(await cli(['snapshot', 'diff', '--json', file, later]));
    for (const [path, { size, atime, mtime }] of stamps) {
      truncateSync(path, size);
      utimesSync(path, atime, mtime);
    }
  });

  itWith(nobody, 'describes what a snapshot does not know', async () => {
    await using directory = await temporaryDirectory();
    await chmod(directory.path, 0o777);
    const file = directory.file('set.snap');
    for (const words of [
      ['save', file, model.path],
      ['restore', file],
      ['diff', file],
    ]) {
      json(await cli(['snapshot', ...words, '--json'], { uid: NOBODY }));
    }
  });

  itWith(nobody, 'and nothing that never comes', () => {
    expect(documents.neverCame(DOCUMENT_GROUPS.snapshot)).toEqual([]);
  });
});
