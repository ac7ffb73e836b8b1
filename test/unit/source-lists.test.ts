import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (name: string): string => readFileSync(`${root}${name}`, 'utf8');

/** Every C++ source that a build file names, in its order. */
function sourcesIn(text: string, folder: string): string[] {
  const pattern = new RegExp(`\\b${folder}/[\\w./-]+\\.cc\\b`, 'g');
  return text.match(pattern) ?? [];
}

function sourcesOnDisk(folder: string): string[] {
  return readdirSync(`${root}${folder}`, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.cc'))
    .map((name) => `${folder}/${name}`)
    .toSorted();
}

describe('the two builds of the addon', () => {
  const gyp = sourcesIn(read('binding.gyp'), 'native');
  // The tests' own sources end the same way.
  const cmake = sourcesIn(read('CMakeLists.txt').replaceAll('test/native/', ''), 'native');

  test('have the same sources', () => {
    expect(cmake).toEqual(gyp);
  });

  test('name every source under native/ once', () => {
    expect(gyp.toSorted()).toEqual(sourcesOnDisk('native'));
  });

  test('define the same for Node-API', () => {
    const defines = (text: string) => text.match(/\b(?:NAPI_VERSION=\d+|NODE_ADDON_API_\w+)/g)?.toSorted();
    expect(defines(read('CMakeLists.txt'))).toEqual(defines(read('binding.gyp')));
  });
});

test('no document has the marks of a merge in it', () => {
  const documents = readdirSync(`${root}docs`, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.md'),
  );
  for (const name of [
    ...documents.map((each) => `docs/${each}`),
    'README.md',
    'CHANGELOG.md',
    'CONTRIBUTING.md',
  ])
    expect(read(name), name).not.toMatch(/^(<{7}|>{7}) /m);
});

test('native-tests has every test file', () => {
  expect(sourcesIn(read('CMakeLists.txt'), 'test/native').toSorted()).toEqual(sourcesOnDisk('test/native'));
});
