const SELF = 500;

/** `/proc/PID/stat` as far as it is read. */
export function stat(pid: number, command: string, parent: number, state = 'S'): string {
  return `${pid} (${command}) ${state} ${parent} 1 1 0 -1 4194304 0 0`;
}

/** A whole host in files: xfs on an NVMe disk without a scheduler, in a container of 2 GiB, beside a vmtouch. */
export const TROUBLED: Readonly<Record<string, string | null | { readonly link: string }>> = {
  '/proc/self/stat': stat(SELF, 'node', 400),
  '/proc/self/status': 'Name:\tnode\nCapEff:\t0000000000000000\n',
  '/proc/self/limits': 'Max locked memory         65536                65536                bytes\n',
  '/proc/self/cgroup': '0::/pod\n',
  '/proc/self/mountinfo':
    '20 1 259:1 / / rw - xfs /dev/nvme0n1p1 rw\n21 20 0:30 / /sys/fs/cgroup rw - cgroup2 cgroup rw\n',
  '/proc/meminfo':
    'MemTotal: 33554432 kB\nMemAvailable: 16777216 kB\nSwapTotal: 2097152 kB\nSwapFree: 0 kB\n',
  '/proc/sys/vm/swappiness': '60\n',
  '/proc/sys/kernel/osrelease': '6.18.0\n',
  '/proc/pressure/cpu': 'some avg10=0.00 avg60=0.00 avg300=0.00 total=1\n',
  '/proc/pressure/memory': '',
  [`/proc/${SELF}/stat`]: stat(SELF, 'node', 400),
  [`/proc/${SELF}/cmdline`]: 'node\0/usr/bin/warmset\0keep\0',
  '/proc/400/stat': stat(400, 'vmtouch', 1),
  '/proc/400/cmdline': 'vmtouch\0-t\0/parent\0',
  '/proc/600/stat': stat(600, 'vmtouch', 1),
  '/proc/600/cmdline': 'vmtouch\0-t\0/models\0',
  '/proc/601/stat': stat(601, 'vllm (x) serve', 1),
  '/proc/601/cmdline': 'vllm\0serve\0x\0--load-format\0instanttensor\0--api-key\0s3cret\0',
  '/sys/kernel/mm/transparent_hugepage/enabled': 'always madvise [never]\n',
  '/sys/fs/cgroup/pod/memory.max': '2147483648\n',
  '/sys/fs/cgroup/pod/memory.current': '1073741824\n',
  '/sys/fs/cgroup/pod/memory.stat': 'inactive_file 0\nactive_file 0\n',
  '/sys/dev/block/259:1': { link: '../../devices/nvme0n1/nvme0n1p1' },
  '/sys/devices/nvme0n1/nvme0n1p1/partition': '1\n',
  '/sys/devices/nvme0n1/queue/scheduler': '[none] mq-deadline\n',
  '/sys/devices/nvme0n1/queue/read_ahead_kb': '128\n',
  '/proc/driver/nvidia/gpus/000f:01:00.0/information': 'Model: \t\t NVIDIA GB10\nIRQ:   	 0\n',
};
