import { describe, expect, it } from 'vitest';
import { DocumentCheck } from '../support/json-documents.ts';

const HEAD = '\n\n| Field | Type | Unit | Meaning | Present |\n| --- | --- | --- | --- | --- |\n';
const DOCUMENTATION = [
  `# JSON\n## \`warmset.a/1\`${HEAD}`,
  '| `schema` | string | | | always |\n| `size` | number, null | bytes | a\\|b | always |\n',
  '| `files[].path`, `files[].name` | string | | | in every file |\n',
  '| `files[].error` | object, null | | see [Errors](#errors) | always |\n',
  '| `files[].note` | string | | | only sometimes |\n',
  '| `step` | open object | | | only sometimes |\n',
  '| `runs` | array | | each as `run` [below](#parts) | only sometimes |\n',
  `## \`warmset.b/1\`\n\neverything of \`warmset.a/1\`, and${HEAD}`,
  '| `more` | boolean | | | always |\n',
  `## Errors${HEAD}| \`error.code\` | string | | | always |\n`,
  `## Parts${HEAD}| \`plan.x\` | number | | | always |\n| \`run.id\` | number | | | always |\n`,
].join('');

const FILE = { path: '/a', name: 'a', error: null };
const WHOLE = { schema: 'warmset.a/1', size: 1, files: [FILE] };

describe('a document and its table', () => {
  const check = (document: Record<string, unknown>) => () => new DocumentCheck(DOCUMENTATION).check(document);

  it.each([
    ['as described', WHOLE],
    ['null where that is told', { ...WHOLE, size: null }],
    ['no elements', { ...WHOLE, files: [] }],
    ['a shared part', { ...WHOLE, files: [{ ...FILE, error: { code: 'EIO' } }] }],
    ['one of several shared parts', { ...WHOLE, runs: [{ id: 1 }] }],
    ['whatever is in an open object', { ...WHOLE, step: { do: { what: [1] } } }],
    ['those of the document that it extends', { ...WHOLE, schema: 'warmset.b/1', more: true }],
    ['of somebody else', { schema: 'other/1', anything: 1 }],
  ])('agree: %s', (_, document) => {
    expect(check(document)).not.toThrow();
  });

  it.each([
    ['a field that is not described', { ...WHOLE, odd: 1 }, 'odd: isn’t described'],
    ['one of an element', { ...WHOLE, files: [{ ...FILE, odd: 1 }] }, 'files[].odd: isn’t described'],
    ['one of a shared part', { ...WHOLE, runs: [{ id: 1, x: 2 }] }, 'runs[].x: isn’t described'],
    ['a field that is missing', { schema: 'warmset.a/1', files: [] }, 'size: is missing'],
    ['missing in one element', { ...WHOLE, files: [FILE, { path: '/b', error: null }] }, 'files[].name: is'],
    ['missing in a shared part', { ...WHOLE, files: [{ ...FILE, error: {} }] }, 'error.code: is missing'],
    ['another type', { ...WHOLE, size: '1' }, 'size: is string'],
    ['an object where a text should be', { ...WHOLE, files: [{ ...FILE, path: {} }] }, 'path: is object'],
    ['null where that is not told', { ...WHOLE, files: [{ ...FILE, path: null }] }, 'path: is null'],
    ['of what it extends', { schema: 'warmset.b/1', size: 1, files: [] }, 'more: is missing'],
    ['no table', { schema: 'warmset.d/1' }, 'no table'],
  ])('differ: %s', (_, document, message) => {
    expect(check(document)).toThrow(message);
  });

  it('what never came is told by its table and name', () => {
    const seen = new DocumentCheck(DOCUMENTATION);
    seen.check({ ...WHOLE, files: [] });
    expect(seen.neverCame(['warmset.a/1'])).toHaveLength(6);
    seen.check({ ...WHOLE, step: {}, runs: [{ id: 1 }], files: [{ ...FILE, error: { code: 'EIO' } }] });
    expect(seen.neverCame(['warmset.a/1', 'Errors'])).toEqual(['`warmset.a/1` files[].note']);
    expect(seen.neverCame(['Parts'])).toEqual(['Parts plan.x']);
    expect(() => seen.neverCame(['Partz'])).toThrow('no heading');
  });

  it('a line of a table that nobody can read is an error, and so is what a merge has left', () => {
    expect(() => new DocumentCheck(`${DOCUMENTATION}| \`x\` | number |\n`)).toThrow('no row');
    expect(() => new DocumentCheck(`${DOCUMENTATION}>>>>>>> branch\n`)).toThrow('a merge');
  });
});
