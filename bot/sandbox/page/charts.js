// Small native charts (line, area, bar, pie), with the numbers as a table beneath for everybody who cannot see lines.

import { h, s } from "./dom.js";
import { unsupported } from "./unsupported.js";

const WIDTH = 520;
const HEIGHT = 170;
const BOX = { left: 40, right: WIDTH - 10, top: 10, bottom: HEIGHT - 24 };

const DRAW = { line: (data) => lines(data, false), area: (data) => lines(data, true), bar: bars, pie };

export function chart(block) {
  const kind = block.chart?.type;
  if (!DRAW[kind]) return unsupported("chart", kind);
  const data = kind === "pie" ? slices(block.chart) : series(block.chart);
  return h("figure.block-chart", {},
    h("figcaption", {}, block.title ?? ""),
    s("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": `${kind} chart: ${block.title ?? ""}` }, DRAW[kind](data)),
    h("div.legend", {}, data.series.map((row, index) => h(`span.series-${index % 6}`, {}, row.name))),
    h("details", {}, h("summary", {}, "Numbers"), numbers(data)));
}

function series(source) {
  const rows = source.series ?? [];
  const labels = source.axis_config?.categories ?? (rows[0]?.data ?? []).map((point) => point.label);
  const value = (row, label) => Number(row.data?.find((point) => point.label === label)?.value ?? 0);
  return { labels, series: rows.map((row) => ({ name: row.name ?? "", values: labels.map((label) => value(row, label)) })) };
}

function slices(source) {
  const parts = source.segments ?? source.data ?? source.series?.[0]?.data ?? [];
  return { labels: ["share"], series: parts.map((part) => ({ name: part.label ?? part.name ?? "", values: [Number(part.value) || 0] })) };
}

const highest = (data) => Math.max(1, ...data.series.flatMap((row) => row.values));
const x = (index, count) => BOX.left + ((BOX.right - BOX.left) * (count < 2 ? 0.5 : index / (count - 1)));
const y = (value, top) => BOX.bottom - ((BOX.bottom - BOX.top) * value) / top;

function axis(data, top, at) {
  const every = Math.ceil(data.labels.length / 8);
  return [
    ...[0, 0.5, 1].map((part) => s("g.axis", {},
      s("line", { x1: BOX.left, x2: BOX.right, y1: y(part * top, top), y2: y(part * top, top) }),
      s("text", { x: BOX.left - 6, y: y(part * top, top) + 4, "text-anchor": "end" }, String(Math.round(part * top))))),
    ...data.labels.map((label, index) => (index % every ? null : s("text.axis-label", { x: at(index), y: HEIGHT - 8, "text-anchor": "middle" }, label))),
  ];
}

function lines(data, filled) {
  const top = highest(data);
  const count = data.labels.length;
  const path = (values) => values.map((value, index) => `${index ? "L" : "M"}${x(index, count).toFixed(1)},${y(value, top).toFixed(1)}`).join("");
  const close = `L${x(count - 1, count)},${BOX.bottom}L${x(0, count)},${BOX.bottom}Z`;
  return [axis(data, top, (index) => x(index, count)), data.series.map((row, index) => [
    filled ? s(`path.fill.series-${index % 6}`, { d: path(row.values) + close }) : null,
    s(`path.stroke.series-${index % 6}`, { d: path(row.values) }),
  ])];
}

function bars(data) {
  const top = highest(data);
  const slot = (BOX.right - BOX.left) / Math.max(1, data.labels.length);
  const width = (slot * 0.7) / Math.max(1, data.series.length);
  const start = (index) => BOX.left + slot * index + slot * 0.15;
  return [axis(data, top, (index) => BOX.left + slot * (index + 0.5)), data.series.map((row, number) => row.values.map((value, index) =>
    s(`rect.series-${number % 6}`, { x: start(index) + number * width, width, y: y(value, top), height: BOX.bottom - y(value, top) })))];
}

function pie(data) {
  const total = data.series.reduce((sum, row) => sum + row.values[0], 0) || 1;
  const [cx, cy, r] = [WIDTH / 2, HEIGHT / 2, HEIGHT / 2 - 8];
  let turned = 0;
  const point = (part) => [cx + r * Math.sin(2 * Math.PI * part), cy - r * Math.cos(2 * Math.PI * part)].map((n) => n.toFixed(1)).join(",");
  return data.series.map((row, index) => {
    const [from, share] = [turned, Math.min(row.values[0] / total, 0.9999)];
    turned += share;
    return s(`path.slice.series-${index % 6}`, { d: `M${cx},${cy}L${point(from)}A${r},${r} 0 ${share > 0.5 ? 1 : 0} 1 ${point(turned)}Z` });
  });
}

function numbers(data) {
  return h("table", {},
    h("thead", {}, h("tr", {}, h("th", {}), data.labels.map((label) => h("th", { scope: "col" }, label)))),
    h("tbody", {}, data.series.map((row) => h("tr", {}, h("th", { scope: "row" }, row.name), row.values.map((value) => h("td", {}, String(value)))))));
}
