/**
 * How many times longer a repeated mmap scan of the same warmed file took over 4 KiB pages than over 2 MiB folios: the
 * median of bench/results/folios.json, rounded down, on one machine: no promise. The first scan went the same way, since
 * fills pay for first touches. A test holds both against that file.
 */
export const SCAN_TIMES = 28;

export const WHY = `The folio size decides what repeated readers pay: an mmap scan of the same warmed file was measured to take up to ${SCAN_TIMES} times as long over 4 KiB pages as over 2 MiB folios.`;
