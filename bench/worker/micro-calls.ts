/** The calls that are timed, and their names in the results. */
export const MICRO_CALLS = [
  { id: 'features', command: 'features()' },
  { id: 'get-io-priority', command: 'getIoPriority()' },
  { id: 'statfs-magic', command: 'await statfsMagic(path): a round trip through the executor' },
  { id: 'cachestat', command: 'await cachestat(path), one page' },
  { id: 'cachestat-fd', command: 'await cachestat(descriptor), one page' },
  { id: 'mincore', command: 'await mincore(path), one page' },
  { id: 'fs-stat', command: "await fs.promises.stat(path), Node's own, for comparison" },
  { id: 'scrape', command: 'await registry.metrics(), 1,000 files without series of their own' },
  { id: 'scrape-files', command: 'await registry.metrics(), 1,000 files with series of their own' },
] as const;
export type MicroCall = (typeof MICRO_CALLS)[number]['id'];
