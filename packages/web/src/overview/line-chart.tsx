import { useEffect, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import type { Minute } from "../api/types.ts";
import { useTheme } from "../ui/preferences.ts";
import styles from "./line-chart.module.css";
import { type Series, total } from "./series.ts";

const HEIGHT_PX = 180;
/** The charts show one cursor: pointing at a minute in one names it in both. */
const SYNC_KEY = "last-hour";

interface LineChartProps {
  readonly title: string;
  /** What is counted. */
  readonly meaning: string;
  readonly series: readonly Series[];
  readonly minutes: readonly Minute[];
  /** Said in place of lines along the bottom. */
  readonly emptyText: string;
}

/** A canvas for the eyes; for everybody else its label says the totals, and the table the rest. */
export function LineChart({ title, meaning, series, minutes, emptyText }: LineChartProps) {
  const frame = useRef<HTMLDivElement>(null);
  const readout = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot>(undefined);
  const theme = useTheme();
  const data = useRef<uPlot.AlignedData>([[]]);

  useEffect(() => {
    data.current = toData(series, minutes);
    chart.current?.setData(data.current);
  }, [series, minutes]);

  // The canvas cannot use custom properties: its colours are read once, so another theme is another chart.
  // biome-ignore lint/correctness/useExhaustiveDependencies: theme stands for all the colours
  useEffect(() => {
    const element = frame.current;
    if (!element) return;
    const plot = new uPlot(optionsFor(element, series, readout.current), data.current, element);
    chart.current = plot;
    const resize = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: HEIGHT_PX }));
    resize.observe(element);
    return () => {
      resize.disconnect();
      plot.destroy();
      chart.current = undefined;
    };
  }, [series, theme]);

  const isEmpty = series.every(({ of }) => total(minutes, of) === 0);
  const totals = series.map(({ of, name }) => `${name} ${total(minutes, of).toLocaleString()}`).join(", ");
  return (
    <figure className={styles.chart}>
      <figcaption className={styles.caption}>
        <div>
          <h3>{title}</h3>
          <p className={styles.meaning}>{meaning}</p>
        </div>
        <ul className={styles.legend}>
          {series.map(({ of, name, color, dash }) => (
            <li key={of} className={styles.key}>
              <svg width="18" height="8" aria-hidden="true" focusable="false">
                <line
                  x1="1"
                  x2="17"
                  y1="4"
                  y2="4"
                  stroke={`var(${color})`}
                  strokeWidth="2.5"
                  strokeDasharray={dash?.join(" ")}
                />
              </svg>
              {name}
              <strong>{total(minutes, of).toLocaleString()}</strong>
            </li>
          ))}
        </ul>
      </figcaption>
      <div
        ref={frame}
        className={styles.frame}
        role="img"
        aria-label={`${title} of the last 60 minutes: ${totals}`}
      >
        {isEmpty && <span className={styles.empty}>{emptyText}</span>}
      </div>
      <div ref={readout} className={styles.readout} aria-hidden="true" />
    </figure>
  );
}

function toData(series: readonly Series[], minutes: readonly Minute[]): uPlot.AlignedData {
  return [
    minutes.map(({ minute }) => Date.parse(minute) / 1_000),
    ...series.map(({ of }) => minutes.map((minute) => minute[of])),
  ];
}

function optionsFor(
  frame: HTMLElement,
  series: readonly Series[],
  readout: HTMLElement | null,
): uPlot.Options {
  const color = colorReader(frame);
  const read = (plot: uPlot) => {
    if (readout) readout.textContent = readoutText(plot, series);
  };
  const axis: uPlot.Axis = {
    stroke: color("--text-muted"),
    font: `11px ${getComputedStyle(frame).fontFamily}`,
    grid: { stroke: color("--border"), width: 1 },
    ticks: { show: false },
  };
  return {
    width: frame.clientWidth,
    height: HEIGHT_PX,
    legend: { show: false },
    // Half of the last label stands beyond the last minute.
    padding: [8, 30, 0, 0],
    cursor: { sync: { key: SYNC_KEY }, drag: { x: false, y: false }, points: { size: 6 } },
    scales: { y: { range: (_plot, _min, max) => [0, Math.max(1, max * 1.1)] } },
    axes: [
      { ...axis, grid: { show: false }, values: (_plot, splits) => splits.map(clock), space: 70, size: 28 },
      {
        ...axis,
        size: 40,
        space: 36,
        incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 1e5, 1e6],
      },
    ],
    series: [
      {},
      ...series.map(({ name, color: property, dash, filled }): uPlot.Series => {
        const stroke = color(property);
        return {
          label: name,
          stroke,
          width: 1.75,
          points: { show: false },
          ...(dash ? { dash: [...dash] } : {}),
          ...(filled ? { fill: stroke.replace(/^rgb\((.*)\)$/, "rgba($1, 0.12)") } : {}),
        };
      }),
    ],
    hooks: { setCursor: [read], setData: [read] },
  };
}

/** What stands under the cursor, else the latest minute, in words. */
function readoutText(plot: uPlot, series: readonly Series[]): string {
  const index = plot.cursor.idx ?? plot.data[0].length - 1;
  const at = plot.data[0][index];
  if (at === undefined) return "";
  const values = series.map(({ name }, i) => `${name} ${plot.data[i + 1]?.[index] ?? 0}`);
  return [clock(at), ...values].join(" · ");
}

const CLOCK = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const clock = (seconds: number): string => CLOCK.format(seconds * 1_000);

/** Custom properties made of light-dark() have no computed value of their own: an element's colour has. */
function colorReader(frame: HTMLElement): (property: string) => string {
  return (property) => {
    const probe = document.createElement("span");
    probe.style.color = `var(${property})`;
    frame.append(probe);
    const { color } = getComputedStyle(probe);
    probe.remove();
    return color;
  };
}
