// Builds the addon with node-gyp against headers that are on the machine, where they are: the ones beside this Node
// (official tarballs, distributions), or those that npm was told of. Only else does node-gyp fetch them.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const prefix = dirname(dirname(process.execPath));
const beside = existsSync(join(prefix, 'include', 'node', 'node_api.h'));
const told = process.env.npm_config_nodedir;
const nodedir = told ?? (beside ? prefix : undefined);

const nodeGyp = createRequire(import.meta.url).resolve('node-gyp/bin/node-gyp.js');
const args = [nodeGyp, 'rebuild', '--jobs', 'max', ...(nodedir ? [`--nodedir=${nodedir}`] : [])];
const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: ['ignore', 2, 2] });
process.exit(status ?? 1);
