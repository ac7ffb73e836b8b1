import { symlink } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { explainTargets, resolveTargets } from '../../../../lib/targets/index.ts';
import {
  distributionOf,
  normalName,
  requirements,
  topLevelNames,
} from '../../../../lib/targets/python/metadata.ts';
import { bytecodeTag, moduleFile, sourceOf } from '../../../../lib/targets/python/module-files.ts';
import { plant, type Tree } from '../../../support/model-trees.ts';
import { type TemporaryDirectory, temporaryDirectory } from '../../../support/temp.ts';

describe('metadata', () => {
  it('names what is required, but for extras, and not what the description says', () => {
    const text = [
      'Metadata-Version: 2.4',
      'Requires-Dist: torch==2.7.0',
      'Requires-Dist: Ruamel.YAML_x >=1 ; python_version < "3.13"',
      'Requires-Dist: boto3; extra == "s3"',
      'requires-dist: tokenizers[testing] (>=0.21)',
      '',
      'Requires-Dist: flask',
    ].join('\n');
    expect(requirements(text)).toEqual(['torch', 'ruamel-yaml-x', 'tokenizers']);
  });

  it('names what stands in site-packages', () => {
    const record = [
      'torch/__init__.py,sha256=x,1',
      'torch/lib/libc10.so,,',
      '"odd, name/x.py",,',
      'six.py,,',
      '../../bin/torchrun,,',
      '/etc/passwd,,',
      'torch-2.7.dist-info/RECORD,,',
      '__pycache__/six.cpython-312.pyc,,',
      '',
    ].join('\n');
    expect(topLevelNames(record)).toEqual(['torch', 'odd', 'six.py']);
  });

  it('is read whatever it holds, and never leads away', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        for (const name of topLevelNames(text)) expect(name).not.toMatch(/^\.|\//);
        for (const name of requirements(`Requires-Dist: ${text}`)) expect(normalName(name)).toBe(name);
      }),
    );
  });

  it('directories tell the distribution', () => {
    expect(distributionOf('flash_attn-2.7.4+cu12.dist-info')).toBe('flash-attn');
    expect(distributionOf('torch')).toBeUndefined();
  });
});

it('files are told by their names', () => {
  expect(moduleFile('_C.cpython-312-x86_64-linux-gnu.so', 'cpython-312')).toBe('library');
  expect(moduleFile('libcudart.so.12', undefined)).toBe('library');
  expect(moduleFile('a.cpython-312.pyc', 'cpython-312')).toBe('bytecode');
  expect(moduleFile('a.cpython-311.pyc', 'cpython-312')).toBeUndefined();
  expect(moduleFile('a.cpython-312.opt-1.pyc', 'cpython-312')).toBeUndefined();
  expect(moduleFile('a.json', undefined)).toBeUndefined();
  expect(sourceOf('a.cpython-312.pyc')).toBe('a.py');
  expect(bytecodeTag('/v/lib/python3.12/site-packages')).toBe('cpython-312');
  expect(bytecodeTag('/usr/lib/python3/dist-packages')).toBeUndefined();
});

const SITE = 'lib/python3.12/site-packages';

function inSite(tree: Tree): Tree {
  return Object.fromEntries(Object.entries(tree).map(([name, what]) => [`${SITE}/${name}`, what]));
}

const PACKAGES: Tree = {
  'torch/__init__.py': 's',
  'torch/__pycache__/__init__.cpython-312.pyc': 'p',
  'torch/lib/libtorch.so': 90,
  'torch/include/x.h': 'h',
  'flask/__init__.py': 'f',
  'six.py': 'six',
};
const SERVER: Tree = {
  'vllm/__init__.py': 'x',
  'vllm/__pycache__/__init__.cpython-312.pyc': 'y',
  'vllm/__pycache__/__init__.cpython-311.pyc': 'old',
  'vllm/fresh.py': 'no bytecode yet',
  'vllm/_C.abi3.so': 70,
  'vllm/tests/__init__.py': 't',
  'vllm-0.9.dist-info/METADATA': 'Name: vllm\nRequires-Dist: torch\nRequires-Dist: not-installed\n',
  'vllm-0.9.dist-info/RECORD': 'vllm/__init__.py,,\n',
  'torch-2.dist-info/METADATA': 'Name: torch\nRequires-Dist: vllm\n',
  'flask-1.dist-info/METADATA': 'Name: flask\n',
};

describe('python:', () => {
  let directory: TemporaryDirectory;
  beforeEach(async () => {
    directory = await temporaryDirectory('python');
  });
  afterEach(() => directory[Symbol.asyncDispose]());

  async function resolve(tree: Tree) {
    await plant(directory.path, inSite(tree));
    const set = await resolveTargets([`python:${directory.path}`]);
    return { ...set, names: set.files.map((file) => path.relative(directory.file(SITE), file.path)) };
  }

  it('takes what the server requires: libraries, then bytecode, and sources that have none', async () => {
    const set = await resolve({ ...PACKAGES, ...SERVER });
    expect(set.names).toEqual([
      'vllm/_C.abi3.so',
      'torch/lib/libtorch.so',
      'vllm/__pycache__/__init__.cpython-312.pyc',
      'vllm/fresh.py',
      'torch/__pycache__/__init__.cpython-312.pyc',
    ]);
    expect(set.files.every(({ role }) => role === 'python')).toBe(true);
    expect(set.failures).toEqual([]);
  });

  it('takes modules of every name', async () => {
    const { names } = await resolve({ 'é/ü.so': 1, 'a/a/a.so': 2, 'a.so': 3, 'ö.py': 'x' });
    expect(names.sort()).toEqual(['a.so', 'a/a/a.so', 'é/ü.so', 'ö.py'].sort());
  });

  it('takes everything where no server is known', async () => {
    const { names } = await resolve(PACKAGES);
    expect(names).toEqual([
      'torch/lib/libtorch.so',
      'flask/__init__.py',
      'six.py',
      'torch/__pycache__/__init__.cpython-312.pyc',
    ]);
  });

  it('tells what it left out', async () => {
    await plant(directory.path, inSite({ ...PACKAGES, ...SERVER }));
    const { targets } = await explainTargets([`python:${directory.path}`]);
    const told = targets[0]?.leftOut.map((thing) => path.basename(thing.path));
    expect(told).toContain('flask');
    expect(targets[0]?.notes[0]).toContain('vllm');
  });

  it('enters lib64 and circles once', async () => {
    await plant(directory.path, inSite({ ...PACKAGES, ...SERVER }));
    await symlink('lib', directory.file('lib64'));
    await symlink('..', directory.file(SITE, 'torch', 'up'));
    const set = await resolveTargets([`python:${directory.path}`]);
    expect(set.skipped.duplicates).toBe(0);
    expect(set.files.every((file) => file.path.includes('/lib/python3.12/'))).toBe(true);
    expect(new Set(set.files.map(({ ino }) => ino)).size).toBe(set.files.length);
  });

  it.each(['python:', 'python:/nowhere', 'python:.'])('%s without packages is a failure', async (target) => {
    const { failures } = await resolveTargets([target], { cwd: directory.path });
    expect(failures).toMatchObject([{ code: 'WARMSET_BAD_TARGET', path: target }]);
  });
});
