/** The look of a bundle's page: light, dark and on paper. */
export const STYLE = `
:root{color-scheme:light dark;--bg:#f6f7f9;--card:#fff;--ink:#1b2330;--soft:#5d6b7e;--line:#dde2e9;--code:#f0f2f5;
--good:#1f9d61;--bad:#d6403a;--warn:#c47f0a;--busy:#2b6fd6;--idle:#8b97a8;--accent:#5b4bd6}
@media(prefers-color-scheme:dark){:root{--bg:#12161c;--card:#1a2029;--ink:#e4e9f0;--soft:#98a5b6;--line:#2c3542;--code:#141922;
--good:#4ac58a;--bad:#f0736d;--warn:#e6ab45;--busy:#69a0f5;--idle:#6f7c8e;--accent:#a79bff}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main,header.top{max-width:1120px;margin:0 auto;padding:0 20px}
header.top{padding-top:32px}
h1{font-size:26px;line-height:1.25;margin:0 0 6px;overflow-wrap:anywhere}
h2{font-size:18px;margin:0 0 12px}h3{font-size:14px;color:var(--soft);margin:16px 0 6px}
h2 small{font-weight:400;color:var(--soft);font-size:14px;margin-left:6px}
a{color:var(--accent)}
nav{position:sticky;top:0;background:var(--bg);border-bottom:1px solid var(--line);z-index:1}
nav div{max-width:1120px;margin:0 auto;padding:8px 20px;display:flex;gap:4px 16px;flex-wrap:wrap;font-size:14px}
nav a{text-decoration:none;color:var(--soft)}nav a:hover{color:var(--ink)}
section{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:20px;margin:18px 0;scroll-margin-top:48px}
.meta{color:var(--soft);margin:0 0 18px;overflow-wrap:anywhere}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:12px;margin:0}
.facts div{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:10px 14px}
.facts dt{color:var(--soft);font-size:13px}.facts dd{margin:0;font-size:17px;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
.badge{display:inline-block;border-radius:999px;padding:1px 10px;font-size:13px;font-weight:600;border:1px solid currentColor;color:var(--idle);white-space:nowrap}
.badge.s-completed,.badge.s-passed{color:var(--good)}.badge.s-failed,.badge.s-timeout,.badge.s-error,.badge.s-aborted{color:var(--bad)}
.badge.s-cancelled,.badge.s-flaky,.badge.s-paused{color:var(--warn)}.badge.s-running,.badge.s-waiting,.badge.s-ready,.badge.s-recovering,.badge.s-retrying{color:var(--busy)}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:14px}
th{text-align:left;color:var(--soft);font-weight:600;font-size:13px}
th,td{padding:6px 18px 6px 0;border-bottom:1px solid var(--line);vertical-align:top}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
td.id{overflow-wrap:anywhere;min-width:120px}
tr:last-child td{border-bottom:0}
code,pre{font:12.5px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
code{overflow-wrap:anywhere}
pre{background:var(--code);border:1px solid var(--line);border-radius:8px;padding:10px 12px;margin:8px 0 0;overflow:auto;max-height:420px;white-space:pre-wrap;overflow-wrap:anywhere}
details{margin:2px 0}summary{cursor:pointer}
.none{color:var(--soft);margin:0}
.error{color:var(--bad)}
.soft{color:var(--soft)}
.note{border-left:3px solid var(--warn);padding:2px 0 2px 12px;margin:6px 0}
input.find{font:inherit;width:100%;max-width:320px;padding:6px 10px;border:1px solid var(--line);border-radius:8px;background:var(--bg);color:var(--ink);margin-bottom:10px}
svg{display:block}svg text{font:12px system-ui,sans-serif;fill:var(--ink)}
.graph .node rect{fill:var(--card);stroke:var(--idle);stroke-width:1.5}
.graph .derived rect{stroke-dasharray:5 3}
.graph .id{font-weight:600}.graph .uses{fill:var(--soft);font-size:11px}
.graph .edge{fill:none;stroke:var(--soft);stroke-width:1.2;opacity:.7}.graph .inside{fill:none;stroke:var(--line);stroke-dasharray:3 3}
.graph .head{fill:var(--soft)}.graph .label{fill:var(--soft);font-size:11px;text-anchor:middle}
.graph .s-completed rect{stroke:var(--good)}.graph .s-failed rect,.graph .s-timeout rect{stroke:var(--bad)}
.graph .s-running rect,.graph .s-waiting rect,.graph .s-ready rect{stroke:var(--busy)}.graph .s-cancelled rect{stroke:var(--warn)}
.gantt .tick{stroke:var(--line)}.gantt .when{fill:var(--soft);text-anchor:middle;font-size:11px}
.gantt .who{text-anchor:end}.gantt .took{fill:var(--soft);font-size:11px}
.gantt .bar{fill:var(--idle)}.gantt .s-completed .bar{fill:var(--good)}.gantt .s-failed .bar,.gantt .s-timeout .bar{fill:var(--bad)}.gantt .s-cancelled .bar{fill:var(--warn)}
footer{max-width:1120px;margin:0 auto;padding:8px 20px 40px;color:var(--soft);font-size:13px;overflow-wrap:anywhere}
@media print{nav,input.find{display:none}body{background:#fff}section{break-inside:auto;border:0;padding:8px 0}pre{max-height:none}main,header.top{max-width:none}tr,svg{break-inside:avoid}}
`;
