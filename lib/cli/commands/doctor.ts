import type { Command } from 'commander';
import type { Define } from '../verbs.ts';
export const define: Define = (_command: Command) => {};
