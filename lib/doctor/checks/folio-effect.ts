/**
 * How many times longer a repeated mmap scan of the same warmed file took over 4 KiB pages than over 2 MiB folios: the
 * median of bench/results/folios.json, rounded down. A test holds it against that file. The first scan isn't told: on a
 * virtual machine whose host takes free memory back it measures the host.
 */
export const SCAN_TIMES = 23;

export const WHY = `The folio size decides what readers pay: a repeated mmap scan of the same warmed file was measured to take up to ${SCAN_TIMES} times as long over 4 KiB pages as over 2 MiB folios (the first scan after a fill can be slow over either).`;
