import { createHash } from 'node:crypto';

// Colour never says anything alone: rows have names, parts have a list, lines differ in kind.
const LIGHT = `--bg:#f6f5f1;--card:#fff;--ink:#1b232b;--dim:#56616c;--line:#dcdad2;--link:#0b5a8f;
--cold:#1d6fb8;--prewarm:#7a4fb5;--warm:#c2660c;--run:#2c7d4e;--other:#a8336b;
--p0:#8a5a1c;--p1:#0f7f86;--p2:#a8336b;--p3:#5d6b12;--p4:#4a5fb0;--p5:#b0471f;--p6:#2c7d4e;--p7:#6b7580`;
const DARK = `--bg:#12171c;--card:#1a2128;--ink:#e7eaed;--dim:#9aa7b2;--line:#2c3640;--link:#7cc0f0;
--cold:#6db3f2;--prewarm:#ba9bec;--warm:#f0a043;--run:#63bf87;--other:#ef8ab5;
--p0:#d9a866;--p1:#58c8cf;--p2:#ef8ab5;--p3:#b9c95a;--p4:#9db0f5;--p5:#f08a5c;--p6:#63bf87;--p7:#a5b0ba`;

const CONDITIONS = ['cold', 'prewarm', 'warm', 'run', 'other']
  .map(
    (name) =>
      `.box.${name},.area.${name}{fill:var(--${name})}.dot.${name}{fill:var(--${name})}.interval.${name},.dot.${name}.outlier{stroke:var(--${name})}`,
  )
  .join('');
const PARTS = Array.from({ length: 8 }, (_, at) => `.p${at}{fill:var(--p${at})}`).join('');

/** The page's only style sheet. Paper is always light. */
export const STYLE: string = `
:root{color-scheme:light dark;${LIGHT}}
@media screen and (prefers-color-scheme:dark){:root{${DARK}}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI","DejaVu Sans",sans-serif}
main,header,footer{max-width:58rem;margin:0 auto;padding:0 1rem}
header{padding-top:1.75rem}
h1{font-size:1.35rem;margin:0;letter-spacing:-.01em;line-height:1.3}
h2{font-size:1.1rem;margin:0 0 .35rem}
h3{font-size:1rem;margin:.75rem 0 .25rem}
p{margin:.35rem 0;max-width:46rem;overflow-wrap:anywhere}
.dim,.facts{color:var(--dim)}
.facts{font-size:.9rem}
section{background:var(--card);border:1px solid var(--line);border-radius:.6rem;padding:1rem 1.1rem;margin:0 0 .75rem;break-inside:avoid}
.verdict{margin-top:1rem}
.verdict h2{font-size:1.3rem;line-height:1.35}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(9.5rem,1fr));gap:.75rem;margin:.75rem 0 0;padding:0}
.figures dt{color:var(--dim);font-size:.85rem}
.figures dd{margin:0;font-size:1.3rem;font-weight:650;font-variant-numeric:tabular-nums;line-height:1.3}
.figures .note{font-size:.85rem;font-weight:400;color:var(--dim)}
.chart{display:block;margin:.75rem 0 .25rem;overflow:visible}
.chart text{fill:var(--ink);font-size:14px}
.chart .label{font-weight:600}
.chart .value{font-weight:400;font-variant-numeric:tabular-nums}
.chart tspan.dim{font-weight:400;font-size:13px;fill:var(--dim)}
.chart .tick{fill:var(--dim);font-size:12px;font-variant-numeric:tabular-nums}
.grid,.floor{stroke:var(--line);stroke-width:1}
.box{opacity:.25}
.interval{stroke-width:3}
.median{stroke:var(--ink);stroke-width:2}
.dot{stroke:var(--card);stroke-width:1}
.dot.outlier{fill:var(--card)!important;stroke-width:2}
.area{opacity:.4}
.device{fill:none;stroke:var(--ink);stroke-width:1.75;vector-effect:non-scaling-stroke}
.mark{stroke:var(--ink);stroke-width:1;stroke-dasharray:4 3}
.part{stroke:var(--card);stroke-width:1}
.swatch{width:12px;height:12px;margin-right:.4rem;vertical-align:-1px}
.legend{list-style:none;display:flex;flex-wrap:wrap;gap:.2rem 1.1rem;margin:.5rem 0 0;padding:0;font-size:.9rem}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.9rem;font-variant-numeric:tabular-nums}
th,td{text-align:left;padding:.35rem .75rem .35rem 0;border-top:1px solid var(--line);vertical-align:top}
thead th{border-top:0;color:var(--dim);font-weight:600}
td.number,th.number{text-align:right;white-space:nowrap}
td.text{overflow-wrap:anywhere;min-width:8rem}
.void td{color:var(--dim)}
.machine{columns:2;column-gap:2rem;margin:0;font-size:.9rem}
.machine div{break-inside:avoid;display:flex;justify-content:space-between;gap:1rem;padding:.25rem 0;border-top:1px solid var(--line)}
.machine dt{color:var(--dim)}
.machine dd{margin:0;text-align:right;overflow-wrap:anywhere}
footer{padding-top:.25rem;padding-bottom:2rem;font-size:.85rem;color:var(--dim)}
@media (max-width:36rem){.machine{columns:1}section{padding:.85rem .8rem}.figures{grid-template-columns:1fr 1fr}}
@media print{:root{color-scheme:light}body{background:#fff;font-size:10pt}h1,h2{break-after:avoid}.trials table{font-size:7.5pt}th,td{padding-right:.4rem}section{border:0;padding:.5rem 0}.scroll{overflow:visible}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}@page{margin:15mm}}
${CONDITIONS}${PARTS}
`;

/** What the Content-Security-Policy names the style sheet by: nothing else may style the page, and nothing be fetched. */
export const STYLE_SOURCE: string = `sha256-${createHash('sha256').update(STYLE).digest('base64')}`;
