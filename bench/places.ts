import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The package's folder, wherever this file is compiled to. */
export const ROOT = dirname(createRequire(import.meta.url).resolve('warmset/package.json'));

export const RESULTS = join(ROOT, 'bench', 'results');
export const NOTES = join(ROOT, 'bench', 'notes');
export const PAGE = join(ROOT, 'docs', 'performance.md');

/** For every run that isn't a full one. */
export const TRIAL_RESULTS = join(ROOT, 'build', 'bench', 'results');
export const TRIAL_PAGE = join(ROOT, 'build', 'bench', 'performance.md');

export const CLI = join(ROOT, 'dist', 'cli.js');
export const WORKER = join(ROOT, 'build', 'bench', 'worker.js');
