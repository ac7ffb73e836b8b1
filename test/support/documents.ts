import { readFileSync } from 'node:fs';
import { DocumentCheck } from './json-documents.ts';

/** Knows every document that `json()` of cli.ts has handed to a test of this file. */
export const documents = new DocumentCheck(
  readFileSync(new URL('../../docs/json.md', import.meta.url), 'utf8'),
);
