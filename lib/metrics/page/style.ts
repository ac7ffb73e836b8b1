import { createHash } from 'node:crypto';

/** The page's only style sheet. Colour never says anything alone: heights, words and dashes say it too. */
export const STYLE = `
:root{color-scheme:light dark;--bg:#f6f5f1;--card:#fff;--ink:#1b232b;--dim:#5a6570;--line:#dcdad2;--track:#e6e4dc;
--warm:#c2660c;--go:#2f7d4f;--slow:#9a6a00;--pause:#b4480f;--stop:#b3261e;--link:#0b5a8f}
@media (prefers-color-scheme:dark){:root{--bg:#12171c;--card:#1a2128;--ink:#e7eaed;--dim:#9aa7b2;--line:#2c3640;
--track:#2a343e;--warm:#f0a043;--go:#63bf87;--slow:#e0b04a;--pause:#f08a55;--stop:#ff7b70;--link:#7cc0f0}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI","DejaVu Sans",sans-serif}
main,header,footer{max-width:62rem;margin:0 auto;padding:0 1rem}
header{display:flex;flex-wrap:wrap;align-items:baseline;gap:.25rem 1rem;padding-top:1.5rem}
h1{font-size:1.5rem;margin:0;letter-spacing:-.01em}
h2{font-size:1.1rem;margin:0;overflow-wrap:anywhere}
p{margin:.25rem 0}
a{color:var(--link)}
.dim{color:var(--dim)}
.facts{color:var(--dim);font-size:.9rem}
.state{font-weight:600}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(13rem,1fr));gap:.75rem;margin:1rem 0;padding:0}
.figures>div,section{background:var(--card);border:1px solid var(--line);border-radius:.6rem;padding:.8rem 1rem}
.figures dt{color:var(--dim);font-size:.85rem}
.figures dd{margin:0}
.figures .value{font-size:1.35rem;font-weight:650;font-variant-numeric:tabular-nums;line-height:1.3}
.figures .note{font-size:.85rem;color:var(--dim);overflow-wrap:anywhere}
section{margin:0 0 .75rem}
.title{display:flex;flex-wrap:wrap;justify-content:space-between;gap:0 1rem;align-items:baseline}
.title .value{font-weight:650;font-variant-numeric:tabular-nums}
svg{display:block;width:100%}
.map{height:14px}
.set .whole{height:8px;margin:.4rem 0 .5rem}
.track{fill:var(--track)}
.warm{fill:var(--warm)}
.unknown{fill:none;stroke:var(--dim);stroke-width:1;stroke-dasharray:3 3;vector-effect:non-scaling-stroke}
.limit{stroke:var(--ink);stroke-width:2;vector-effect:non-scaling-stroke}
.files{list-style:none;margin:.5rem 0 0;padding:0}
.files li{padding:.45rem 0;border-top:1px solid var(--line)}
.file{display:flex;justify-content:space-between;gap:1rem;font-size:.9rem}
.file code{overflow-wrap:anywhere;font:inherit}
.file span{white-space:nowrap;font-variant-numeric:tabular-nums;color:var(--dim)}
.bad{color:var(--stop);font-size:.85rem;overflow-wrap:anywhere;margin:0}
.plain{position:absolute;left:-10000px}
summary{cursor:pointer;color:var(--link);font-size:.9rem}
.history{height:28px;margin:.5rem 0}
.go{fill:var(--go)}.slow{fill:var(--slow)}.pause{fill:var(--pause)}.stop{fill:var(--stop)}
b.go{color:var(--go)}b.slow{color:var(--slow)}b.pause{color:var(--pause)}b.stop{color:var(--stop)}
.spells{list-style:none;margin:0;padding:0;font-size:.9rem}
.spells li{display:grid;grid-template-columns:5.5rem 4rem 1fr;gap:0 .75rem;padding:.3rem 0;border-top:1px solid var(--line)}
.spells li>:last-child{overflow-wrap:anywhere}
time{font-variant-numeric:tabular-nums}
footer{padding-top:.25rem;padding-bottom:2rem;font-size:.85rem;color:var(--dim)}
@media (max-width:36rem){.file{display:block}.file span{display:block}.figures{grid-template-columns:1fr 1fr}
.spells li{grid-template-columns:5.5rem 1fr}.spells li>:last-child{grid-column:1/-1}}
`;

/** What the Content-Security-Policy names the style sheet by: nothing else may style the page. */
export const STYLE_SOURCE: string = `sha256-${createHash('sha256').update(STYLE).digest('base64')}`;
