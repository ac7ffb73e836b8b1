/** The options of `warmset run`, once: for the parser that must not cost the server time, and for `--help`. */
export interface RunOption {
  readonly name: string;
  readonly short?: string;
  /** What its value is called; absent for a switch. */
  readonly value?: string;
  readonly text: string;
  /** Ours alone: not in the help. */
  readonly hidden?: boolean;
}

export const RUN_OPTIONS: readonly RunOption[] = [
  {
    name: '--set',
    value: 'target',
    text: 'what to warm, may be given again (default: what the command line names)',
  },
  {
    name: '--wait-for',
    value: 'what',
    text: 'hold the server back for a share of the set or a time: 30%, all, 10s, or all,2m (default: starts at once)',
  },
  { name: '--max-bytes', value: 'size', text: 'ceiling on the resident bytes of the set, such as 40GiB' },
  {
    name: '--fraction',
    value: 'share',
    text: 'share of the available memory it may take, such as 30% (default: 50%)',
  },
  { name: '--rate', value: 'rate', text: 'read no faster than this, such as 500MiB/s' },
  { name: '--no-guard', text: 'read at full speed whoever waits for the device or needs the memory' },
  { name: '--drop-behind', text: 'where the set is larger than the budget, evict what the server has read' },
  {
    name: '--readiness',
    value: 'how',
    text: 'auto, none, log:REGEX or an http:// address that answers 200 (default: auto)',
  },
  { name: '--report', value: 'file', text: 'JSON about the start: when ready, and again at the end' },
  {
    name: '--log',
    value: 'how',
    text: 'tee or inherit: read what the server prints on its way (default: inherit at a terminal, else tee)',
  },
  { name: '--detach-fill', text: 'fill from a process of its own and become the server' },
  { name: '--quiet', short: '-q', text: 'say nothing but what goes wrong' },
  { name: '--beside', value: 'pid', text: 'the server runs already', hidden: true },
];
