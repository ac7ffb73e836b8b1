/** A program that only starts another one: what of its own stands before the other's name. */
export interface Wrapper {
  /** One of these must follow the name and its options, such as `launch` of `accelerate launch`. */
  readonly verb?: readonly string[];
  /** Options with a word of their own behind them, unless written with `=`. */
  readonly valued?: string;
  /** Options with two words behind them. */
  readonly double?: string;
  /** Words of its own behind its options, such as the duration of `timeout`. */
  readonly words?: number;
  /** Options that change the directory. */
  readonly directory?: readonly string[];
  /** `-m` or `--module` names a Python module instead of a command. */
  readonly modules?: true;
  /** Variables may stand before the command. */
  readonly assigns?: true;
  /** `-i`, `-u` and `-S` of env(1). */
  readonly environment?: true;
  /** A command follows only behind `--`. */
  readonly needsDashes?: true;
  /** With one of these it starts nothing that could be recognised. */
  readonly never?: readonly string[];
}

const UV =
  '--with -w --with-editable --with-requirements --python -p --extra --no-extra --group --no-group --only-group --env-file ' +
  '--project --directory --index --default-index -i --index-url --extra-index-url -f --find-links --index-strategy ' +
  '--keyring-provider --resolution --prerelease --exclude-newer --link-mode -C --config-setting --cache-dir --color ' +
  '--package -P --upgrade-package --refresh-package --from -c --constraints --overrides --torch-backend';

/** By the name of the program; where a name has several verbs, the first that fits. */
export const WRAPPERS: Readonly<Record<string, readonly Wrapper[]>> = {
  nice: [{ valued: '-n --adjustment' }],
  ionice: [{ valued: '-c --class -n --classdata', never: ['-p', '--pid', '-P', '--pgid', '-u', '--uid'] }],
  chrt: [{ valued: '-T --sched-runtime -P --sched-period -D --sched-deadline', words: 1, never: ['-p'] }],
  numactl: [
    {
      valued:
        '-i --interleave -w --weighted-interleave -N --cpunodebind -C --physcpubind -m --membind -p --preferred ' +
        '-P --preferred-many --shm --file --length --offset --shmmode --shmid',
      never: ['-s', '--show', '-H', '--hardware'],
    },
  ],
  taskset: [{ words: 1, never: ['-p', '--pid'] }],
  stdbuf: [{ valued: '-i --input -o --output -e --error' }],
  timeout: [{ valued: '-k --kill-after -s --signal', words: 1 }],
  nohup: [{}],
  setsid: [{}],
  time: [{ valued: '-f --format -o --output' }],
  exec: [{ valued: '-a' }],
  command: [{ never: ['-v', '-V'] }],
  tini: [{ valued: '-p -e' }],
  'tini-static': [{ valued: '-p -e' }],
  'docker-init': [{ valued: '-p -e' }],
  'dumb-init': [{ valued: '-r --rewrite' }],
  catatonit: [{}],
  gosu: [{ words: 1 }],
  'su-exec': [{ words: 1 }],
  setpriv: [
    {
      valued:
        '--reuid --regid --groups --inh-caps --ambient-caps --bounding-set --securebits --pdeathsig ' +
        '--selinux-label --apparmor-profile --rgid --ruid --euid --egid',
    },
  ],
  runuser: [{ valued: '-u --user -g --group -G --supp-group', never: ['-c', '--command', '-', '-l'] }],
  sudo: [
    {
      valued: '-u --user -g --group -h --host -p --prompt -C -r -t',
      directory: ['-D', '--chdir'],
      assigns: true,
    },
  ],
  env: [{ environment: true, valued: '-u --unset', directory: ['-C', '--chdir'], assigns: true }],
  prlimit: [{ never: ['-p', '--pid'] }],
  strace: [{ valued: '-e -o -s -a -b -E -I -O -S -X -P -u', never: ['-p'] }],
  nsys: [
    {
      verb: ['profile', 'launch'],
      valued:
        '-o --output -t --trace -s --sample -c --capture-range -y --delay -d --duration -e --env-var -w --show-output ' +
        '-x --stop-on-exit -b --backtrace -f --force-overwrite -p --nvtx-capture -n --inherit-environment -k --kill ' +
        '--cuda-graph-trace --trace-fork-before-exec --capture-range-end --session-new --session --gpu-metrics-device ' +
        '--gpu-metrics-devices --cuda-memory-usage --cpuctxsw --stats --export --python-sampling --pytorch',
    },
  ],
  ncu: [
    {
      valued:
        '-o --export -k --kernel-name -s --launch-skip -c --launch-count --set --section --metrics --target-processes',
    },
  ],
  torchrun: [
    {
      valued:
        '--nnodes --nproc-per-node --nproc_per_node --rdzv-backend --rdzv_backend --rdzv-endpoint --rdzv_endpoint ' +
        '--rdzv-id --rdzv_id --rdzv-conf --rdzv_conf --max-restarts --max_restarts --monitor-interval --monitor_interval ' +
        '--start-method --start_method --role --log-dir --log_dir -r --redirects -t --tee --node-rank --node_rank ' +
        '--master-addr --master_addr --master-port --master_port --local-addr --local_addr --numa-binding --numa_binding',
      modules: true,
    },
  ],
  accelerate: [
    {
      verb: ['launch'],
      valued:
        '--config_file --mixed_precision --num_processes --num_machines --num_cpu_threads_per_process --gpu_ids ' +
        '--machine_rank --main_process_ip --main_process_port --rdzv_backend --rdzv_conf --dynamo_backend --dynamo_mode ' +
        '--max_restarts --monitor_interval --role --log_dir --tee',
      modules: true,
    },
  ],
  mpirun: [
    {
      valued:
        '-n -np --np -c -N --host -H --hostfile -hostfile --bind-to -bind-to --map-by -map-by -x --rank-by --output-filename',
      double: '-mca --mca --pmixmca --prtemca',
    },
  ],
  'trtllm-llmapi-launch': [{}],
  'opentelemetry-instrument': [
    { valued: '--traces_exporter --metrics_exporter --logs_exporter --service_name' },
  ],
  'ddtrace-run': [{}],
  'systemd-run': [
    {
      valued:
        '-p --property -u --unit --slice --uid --gid --nice -E --setenv --description -H --host -M --machine',
      directory: ['--working-directory'],
    },
  ],
  cgexec: [{ valued: '-g' }],
  's6-setuidgid': [{ words: 1 }],
  ray: [{ verb: ['symmetric-run'], needsDashes: true }],
  uv: [
    { verb: ['run'], valued: UV, directory: ['--directory'], modules: true },
    { verb: ['tool run'], valued: UV, directory: ['--directory'] },
  ],
  uvx: [{ valued: UV, directory: ['--directory'] }],
  pipx: [{ verb: ['run'], valued: '--spec --python --with' }],
  poetry: [{ verb: ['run'], directory: ['-C', '--directory'] }],
  pdm: [{ verb: ['run'], valued: '-p --project' }],
  pipenv: [{ verb: ['run'] }],
  pixi: [{ verb: ['run'], valued: '-e --environment --manifest-path' }],
  conda: [{ verb: ['run'], valued: '-n --name -p --prefix', directory: ['--cwd'] }],
  mamba: [{ verb: ['run'], valued: '-n --name -p --prefix', directory: ['--cwd'] }],
  micromamba: [{ verb: ['run'], valued: '-n --name -p --prefix -r --root-prefix', directory: ['--cwd'] }],
};
