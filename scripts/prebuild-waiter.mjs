// Puts warmset-wait beside the addon that prebuildify has put into the package: it knows addons only.
import { spawnSync } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
// As prebuildify names it, for whoever builds for another processor.
const { PREBUILD_ARCH = process.arch, PREBUILD_STRIP_BIN = 'strip' } = process.env;
const to = join(root, 'prebuilds', `linux-${PREBUILD_ARCH}`, 'warmset-wait');
copyFileSync(join(root, 'build', 'Release', 'warmset-wait'), to);
const { status } = spawnSync(PREBUILD_STRIP_BIN, [to], { stdio: 'inherit' });
process.exit(status ?? 1);
