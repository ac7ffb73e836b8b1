import { hasProgram } from './tool.mjs';

const NEEDED = {
  'qemu-system-x86_64': 'qemu-system-x86',
  mmdebstrap: 'mmdebstrap',
  'mkfs.ext4': 'e2fsprogs',
  tar: 'tar',
};

/** Why no virtual machine can be made here; null when it can. */
export function whyNot() {
  if (process.arch !== 'x64') return `the guest is for x86-64, and this is ${process.arch}`;
  if (process.getuid?.() !== 0) return 'making the root image needs root';
  const missing = Object.entries(NEEDED).filter(([program]) => !hasProgram(program));
  if (missing.length === 0) return null;
  return `not installed: ${missing.map(([program, pkg]) => `${program} (Debian: ${pkg})`).join(', ')}`;
}
