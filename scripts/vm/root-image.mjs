import {
  closeSync,
  copyFileSync,
  existsSync,
  ftruncateSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CACHE, hashOf, ownText, removeOld } from './folders.mjs';
import { tool } from './tool.mjs';

const PACKAGES = [
  'attr',
  'kmod',
  'mount',
  'iproute2',
  'dmsetup',
  'nvme-cli',
  'libstdc++6',
  'xfsprogs',
  'procps',
  'systemd',
];

const HOOK = fileURLToPath(new URL('add-kernel.sh', import.meta.url));
const SCENARIO = fileURLToPath(new URL('guest-scenario.sh', import.meta.url));
const SERVICE = fileURLToPath(new URL('guest-scenario.service', import.meta.url));

const SECTOR = 512;
const FIRST_SECTOR = 2048;
const DISK = 0x77726d73;
const MACHINE_ID = 'c0ffee00000000000000000000000001';

/** What the kernel calls the root. */
export const ROOT_PARTITION = `PARTUUID=${DISK.toString(16)}-01`;

/**
 * A bare Debian with a kernel, the tools and this Node, as a file system of its own.
 *
 * @returns the image and the kernel beside it; cached by what they are made of
 */
export function rootImage() {
  const name = `root-${hashOf(...[HOOK, SCENARIO, SERVICE].map((file) => readFileSync(file)), ownText(import.meta.url), process.version, suite())}`;
  const folder = join(CACHE, name);
  const made = { image: join(folder, 'root.disk'), kernel: join(folder, 'vmlinuz') };
  if (existsSync(made.image)) return made;
  removeOld('root-');
  const partial = `${folder}.${process.pid}`;
  try {
    make(partial);
    renameSync(partial, folder);
  } catch (error) {
    rmSync(partial, { recursive: true, force: true });
    // Another run was faster.
    if (!existsSync(made.image)) throw error;
  }
  return made;
}

function make(folder) {
  const tree = join(folder, 'tree');
  tool('mkdir', ['-p', folder]);
  try {
    const words = ['--mode=root', '--variant=minbase', `--include=${PACKAGES.join(',')}`];
    const leaner = ['--dpkgopt=path-exclude=/usr/share/man/*', '--dpkgopt=path-exclude=/usr/share/locale/*'];
    const hook = `--customize-hook=${HOOK}`;
    tool('mmdebstrap', [...words, ...leaner, hook, '--skip=cleanup/reproducible', suite(), tree], {
      seconds: 400,
    });
    copyFileSync(process.execPath, join(tree, 'usr/local/bin/node'));
    tool('mkdir', ['-p', join(tree, 'opt/warmset'), join(tree, 'mnt')]);
    copyFileSync(SCENARIO, join(tree, 'usr/sbin/guest-scenario'));
    copyFileSync(SERVICE, join(tree, 'etc/systemd/system/guest-scenario.service'));
    // Without one systemd takes it for the first boot, and sets up every unit as the distribution would have it.
    writeFileSync(join(tree, 'etc/machine-id'), `${MACHINE_ID}\n`);
    const kernel = readdirSync(join(tree, 'boot')).find((file) => file.startsWith('vmlinuz-'));
    copyFileSync(join(tree, 'boot', kernel), join(folder, 'vmlinuz'));
    const image = join(folder, 'root.disk');
    tool('mkfs.ext4', ['-q', '-m', '0', '-E', `offset=${FIRST_SECTOR * SECTOR}`, '-d', tree, image, '900M']);
    writePartitionTable(image, 900 * 2 ** 20);
  } finally {
    rmSync(tree, { recursive: true, force: true });
  }
}

/** Without an initramfs the kernel finds its root by the name of a device, which isn't certain, or by that of a partition. */
function writePartitionTable(image, bytes) {
  const table = Buffer.alloc(SECTOR);
  table.writeUInt32LE(DISK, 440);
  table.writeUInt8(0x83, 446 + 4);
  table.writeUInt32LE(FIRST_SECTOR, 446 + 8);
  table.writeUInt32LE(bytes / SECTOR, 446 + 12);
  table.writeUInt16LE(0xaa55, 510);
  const file = openSync(image, 'r+');
  writeSync(file, table, 0, SECTOR, 0);
  // The file ends with the last block that mkfs had to write.
  ftruncateSync(file, FIRST_SECTOR * SECTOR + bytes);
  closeSync(file);
}

/** This Debian's name, so that what was compiled here finds its C library there. */
function suite() {
  const release = readFileSync('/etc/os-release', 'utf8');
  const debian = /^ID=debian$/m.test(release);
  return (debian && /^VERSION_CODENAME=(\w+)$/m.exec(release)?.[1]) || 'bookworm';
}
