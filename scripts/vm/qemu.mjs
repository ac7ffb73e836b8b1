import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { RUN } from './folders.mjs';
import { ROOT_PARTITION } from './root-image.mjs';

export const CONSOLE = join(RUN, 'console.log');

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Boots the guest and hands on each line that it writes to its second serial port. What it writes to its disks is
 * forgotten when it ends.
 *
 * @returns once it has powered off, or was ended for want of time
 */
export async function boot({ kernel, disks, seconds, onLine }) {
  const started = performance.now();
  const qemu = spawn('qemu-system-x86_64', commandLine(kernel, disks), {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let late = false;
  const end = () => qemu.kill('SIGKILL');
  const limit = setTimeout(() => {
    late = true;
    end();
  }, seconds * 1000);
  for (const signal of SIGNALS) process.once(signal, end);
  process.once('exit', end);
  try {
    const ended = new Promise((resolve, reject) => {
      qemu.once('error', reject);
      qemu.once('close', resolve);
    });
    const lines = createInterface({ input: qemu.stdout });
    lines.on('line', (line) => onLine(line.trimEnd()));
    await ended;
  } finally {
    clearTimeout(limit);
    for (const signal of SIGNALS) process.removeListener(signal, end);
    process.removeListener('exit', end);
  }
  return { late, seconds: (performance.now() - started) / 1000 };
}

function commandLine(kernel, disks) {
  // The number of a namespace is its place in this list; guest-scenario.sh goes by it.
  const drives = disks.flatMap((file, index) => [
    '-drive',
    `file=${file.replaceAll(',', ',,')},format=raw,if=none,id=disk${index},snapshot=on`,
    '-device',
    `nvme-ns,drive=disk${index},nsid=${index + 1}`,
  ]);
  const words = [
    ...['console=ttyS0', `root=${ROOT_PARTITION}`, 'rootwait', 'rw', 'panic=-1', 'quiet', 'loglevel=5'],
    ...['init=/lib/systemd/systemd', 'systemd.unit=guest-scenario.service'],
  ].join(' ');
  return [
    // KVM isn't asked for: where it is offered inside another virtual machine it doesn't always boot a stock kernel.
    ...['-accel', 'tcg,thread=single', '-cpu', 'max', '-smp', '1', '-m', '1024'],
    ...['-display', 'none', '-nodefaults', '-no-reboot', '-kernel', kernel, '-append', words],
    ...['-device', 'nvme,serial=disks', ...drives],
    ...['-chardev', `file,id=console,path=${CONSOLE}`, '-device', 'isa-serial,chardev=console'],
    ...['-chardev', 'stdio,id=lines,signal=off', '-device', 'isa-serial,chardev=lines'],
  ];
}
